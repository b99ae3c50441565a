export { openProject, type OpenOptions } from './open-project.ts';
export { Project, type NodeIntervals } from './project.ts';
export type { NodeStretch, Restatement, Statement } from './history.ts';
export type { RunEvent, RunReport } from './report.ts';
export type { RunOptions } from './run-project.ts';
export type { Selection } from './selection.ts';
export type { PlanOptions } from './situation.ts';
export { repairState, type StateRepairOptions } from './state-repair.ts';
export { SdkError, type SdkErrorCode } from './errors.ts';
