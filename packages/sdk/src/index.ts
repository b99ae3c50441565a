export { openProject, type OpenOptions } from './open-project.ts';
export { Project, type NodeIntervals } from './project.ts';
export type { NodeStretch, Restatement, Statement } from './history.ts';
export type { EnvironmentsDataDiff, NodeDataDiff } from './data-diff.ts';
export { dataDiffJsonSchema } from './data-diff-schema.ts';
export type { ProjectDiff, SqlDifference } from './project-diff.ts';
export type { ProjectLineageOptions } from './project-lineage.ts';
export type { Removal } from '@seeknal/lineage';
export type { RunEvent, RunReport } from './report.ts';
export type { RunOptions } from './run-project.ts';
export type { Selection } from './selection.ts';
export type { PlanOptions } from './situation.ts';
export type { AuditOptions, NodeAudit } from './audits.ts';
export type { TestOptions, TestReport, TestResult } from './unit-tests.ts';
export { repairState, type StateRepairOptions } from './state-repair.ts';
export {
  backUpState,
  emptyState,
  migrateSchema,
  restoreState,
  stateReport,
  unlockState,
  type HeldRight,
  type StateCareOptions,
  type StateReport,
} from './state-care.ts';
export {
  migrateState,
  type MigrationOptions,
  type MigrationReport,
  type StateKind,
} from './state-migration.ts';
export { stateSettings, type StateSettings } from './state-settings.ts';
export { SdkError, type SdkErrorCode } from './errors.ts';
export type { ApplyOptions } from './apply-plan.ts';
export {
  EnvironmentError,
  EnvironmentManager,
  parsePlanFile,
  planFileText,
  type CleanUp,
  type Environment,
  type EnvironmentConfig,
  type EnvironmentErrorCode,
  type EnvironmentPlan,
  type PromotedNode,
  type Promotion,
} from '@seeknal/environments';
