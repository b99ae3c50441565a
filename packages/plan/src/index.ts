export {
  ALL_TIME,
  type EnvironmentRecord,
  type Materialization,
  type Pointer,
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
  PlanBase,
  PlanSummary,
  Task,
  TaskAction,
} from './plan.ts';
