export { openProject, type OpenOptions } from './open-project.ts';
export { Project, type NodeIntervals, type NodeStretch, type PlanOptions, type RunOptions } from './project.ts';
export type { RunEvent, RunReport } from './report.ts';
export type { Selection } from './selection.ts';
export { SdkError, type SdkErrorCode } from './errors.ts';
