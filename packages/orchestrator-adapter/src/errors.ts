import type { Place } from '@seeknal/manifest';

/** Stable across minor versions: match on the code, never on the message. */
export type TaskErrorCode = 'TASK_HELD' | 'TASK_FAILED' | 'TASK_SOURCE_MOVED' | 'TASK_GAVE_UP';

/** Why a task failed: what the engine or the reader of templates said, with the task and the author's line. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly task: string | undefined;
  readonly place: Place | undefined;
  readonly retryable: boolean;

  constructor(
    code: TaskErrorCode | (string & {}),
    message: string,
    options: ErrorOptions & {
      readonly hint?: string | undefined;
      readonly task?: string;
      readonly place?: Place | undefined;
      readonly retryable?: boolean;
    } = {},
  ) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
    this.task = options.task;
    this.place = options.place;
    this.retryable = options.retryable ?? false;
  }

  static held(task: string, holder: string, run: string): TaskError {
    return new TaskError('TASK_HELD', `${task} is being run by ${holder} (run ${run})`, {
      hint: 'Wait for that run, or run again once its claim has expired.',
      task,
      retryable: true,
    });
  }

  static sourceMoved(source: string): TaskError {
    return new TaskError('TASK_SOURCE_MOVED', `The files of ${source} changed while they were read`, {
      retryable: true,
    });
  }

  static gaveUp(task: string, times: number, reason: string): TaskError {
    return new TaskError('TASK_GAVE_UP', `${task} was repeated ${times} times and never counted: ${reason}`, {
      hint: 'Something keeps changing what it reads; run again when that has stopped.',
      task,
    });
  }

  /** The error of another package with the author's place added; anything without a code is a bug and stays as it is. */
  static of(error: unknown, task: string, placeOf?: (offset: number) => Place): unknown {
    if (typeof error !== 'object' || error === null || !('code' in error)) return error;
    const { code, message, hint, offset, place, retryable } = error as {
      code: unknown;
      message?: unknown;
      hint?: unknown;
      offset?: unknown;
      place?: Place;
      retryable?: unknown;
    };
    const at = place ?? (typeof offset === 'number' ? placeOf?.(offset) : undefined);
    return new TaskError(String(code), String(message), {
      cause: error,
      hint: typeof hint === 'string' ? hint : undefined,
      task,
      place: at,
      retryable: retryable === true,
    });
  }
}
