import { withoutSecrets } from './without-secrets.ts';

/** One thing wrong at one place of a file, as `@seeknal/project` reports it. */
export interface ProblemShape {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place: PlaceShape;
  readonly frame: string;
}

export interface PlaceShape {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What is known of anything thrown, without secrets. Two copies of a package may be loaded and native errors come from
 * another realm, so the shape is asked for and never the class.
 */
export interface CodedError {
  /** Null: not thrown on purpose, a bug. */
  readonly code: string | null;
  readonly message: string;
  readonly hint: string | undefined;
  readonly place: PlaceShape | undefined;
  readonly problems: readonly ProblemShape[];
  readonly stack: string | undefined;
}

const HINTS: { readonly [code: string]: string } = {
  EACCES: 'Check who may read and write there.',
  EPERM: 'Check who may read and write there.',
  EROFS: 'The file system is read-only: copy the project to where it can be written.',
  ENOSPC: 'Free some space, then run again: what is finished is kept.',
  EMFILE: 'Raise the limit of open files (ulimit -n), or lower --max-workers.',
};

export function codedError(thrown: unknown): CodedError {
  const shape = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as {
    readonly [key: string]: unknown;
  };
  const { code, message, hint, place, problems, stack } = shape;
  const coded = typeof code === 'string' && !code.startsWith('ERR_') ? code : null;
  return {
    code: coded,
    message: withoutSecrets(typeof message === 'string' ? message : String(thrown)),
    hint: typeof hint === 'string' ? withoutSecrets(hint) : HINTS[coded ?? ''],
    place: isPlace(place) ? place : undefined,
    problems: Array.isArray(problems) ? (problems as readonly ProblemShape[]).map(problemShown) : [],
    stack: typeof stack === 'string' ? withoutSecrets(stack) : undefined,
  };
}

/** Without the secrets that may stand in the lines of its frame. */
export const problemShown = (problem: ProblemShape): ProblemShape => ({
  ...problem,
  message: withoutSecrets(problem.message),
  frame: withoutSecrets(problem.frame),
  ...(problem.hint !== undefined && { hint: withoutSecrets(problem.hint) }),
});

const isPlace = (value: unknown): value is PlaceShape =>
  typeof value === 'object' && value !== null && 'file' in value && 'line' in value && 'column' in value;

/** The error as one JSON document. Never the stack: it may hold anything. */
export function errorJson(thrown: unknown): object {
  const { code, message, hint, place, problems } = codedError(thrown);
  return {
    code: code ?? 'BUG',
    message,
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
    ...(problems.length > 0 && { problems }),
  };
}
