export type { Job, JobResult, Orchestrator, TaskEvent, TaskOutcome, Wait } from './orchestrator.ts';
export { localOrchestrator } from './local-orchestrator.ts';
export type { ExecutionContext, FoundFiles, RenderedSql } from './execution-context.ts';
export { executeTask } from './task-execution.ts';
export { lookWork, rowsWork } from './work.ts';
export { recordCommit, type RecordingContext } from './recording.ts';
export { waitsOf } from './waits.ts';
export { TaskError, type TaskErrorCode } from './errors.ts';
