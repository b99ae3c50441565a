export type { NodeState, RunRecord, RunStatus, StateBackend, StateLock } from './backend.ts';
export type {
  Claim,
  ClaimRequest,
  CommitRecord,
  IntervalEvent,
  Need,
  Recorded,
  ScopedState,
  SnapshotLinks,
} from './scoped-state.ts';
export { StateError, type StateErrorCode } from './errors.ts';
export { createStateBackend, type BackendType } from './create-state-backend.ts';
export { memoryBackend } from './memory-backend.ts';
export { DocumentBackend } from './document-backend.ts';
export { EVENTS_LISTED, type DocumentStore, type EventFilter, type StoreOptions } from './document-store.ts';
export { EMPTY_DOCUMENT, scopeKey, setEntry, type ScopeName, type StateDocument } from './state-document.ts';
export type { ScopedEvent, Step, StepContext, Stepped } from './step.ts';
export { shownAnswer, takenTogether, transactionConflict, type TakenStep } from './taken-steps.ts';
