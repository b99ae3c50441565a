export type { NodeState, RunRecord, RunStatus, StateBackend, StateLock } from './backend.ts';
export type {
  Claim,
  ClaimRequest,
  CommitRecord,
  IntervalEvent,
  Need,
  Recorded,
  ScopedState,
} from './scoped-state.ts';
export { StateError, type StateErrorCode } from './errors.ts';
