export {
  ALL_TIME,
  hasTable,
  isByInterval,
  isOutput,
  type EnvironmentRecord,
  type Materialization,
  type Pointer,
  type Proof,
  type Snapshot,
  type SnapshotId,
  type SnapshotInput,
  type SnapshotRead,
  type SnapshotRecord,
  type StateView,
} from './snapshot.ts';
export type {
  ChangeCategory,
  Invalidation,
  NodeAction,
  NodePlan,
  Plan,
  PlannedFork,
  PlanBase,
  PlanSummary,
  SaidCategory,
  Task,
  TaskAction,
  Verified,
} from './plan.ts';
export { metadataOf } from './change.ts';
export { continuationId, forkId, isContinued, isSalted, proofKey } from './identity.ts';
export { affected, hasIntervals, needed, readsSeen, type Related } from './dependency.ts';
export { otherTable } from './finding.ts';
export { countOf, cut, wantedOf, type Outside } from './due.ts';
export { plan } from './planner.ts';
export { planJsonSchema } from './plan-schema.ts';
export type { PlanRequest } from './plan-request.ts';
export { taskOf } from './tasks.ts';
export { materializationOf, resolveNodes, type ResolvedNode } from './resolve.ts';
export type { Cause, NodeImpact } from './reuse/node-impact.ts';
export { reachOf, type Reach } from './reuse/reach.ts';
export type { ParseSql } from './reuse/node-meaning.ts';
export { ANALYSER, proofsOf, provenSnapshot, withProofs } from './reuse/proofs.ts';
export { isProved, refutation, refutationOf, settledRefutations } from './reuse/refutation.ts';
export { renamesIn, withFormerNames, withRenames } from './renames.ts';
export { restate } from './restate.ts';
export { taskId } from './task-id.ts';
