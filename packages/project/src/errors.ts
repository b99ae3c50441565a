import type { Place } from '@seeknal/manifest';

import type { Problem } from './problem.ts';

/** Stable across minor versions: match on the code, never on the message. */
export type ProjectErrorCode =
  | 'PROJECT_NOT_FOUND'
  | 'PROJECT_INVALID'
  | 'PROJECT_UNREADABLE'
  | 'TEMPLATE_INVALID'
  | 'SOURCE_FILE_MISSING'
  | 'SOURCE_FILE_UNREADABLE';

/** The only error this package throws on purpose. */
export class ProjectError extends Error {
  override readonly name = 'ProjectError';
  readonly code: ProjectErrorCode;
  /** One sentence on what to do next. */
  readonly hint: string | undefined;
  /** Everything found wrong, in order of file and line; empty when the error is not about a file's text. */
  readonly problems: readonly Problem[];

  constructor(
    code: ProjectErrorCode,
    message: string,
    options: { hint?: string | undefined; problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }

  static invalid(problems: readonly Problem[]): ProjectError {
    const sorted = problems.toSorted((a, b) => byPlace(a.place, b.place));
    const [first] = sorted as [Problem];
    const message =
      sorted.length === 1
        ? `${showPlace(first.place)}: ${first.message}`
        : `The project has ${sorted.length} problems, the first at ${showPlace(first.place)}: ${first.message}`;
    return new ProjectError('PROJECT_INVALID', message, { hint: first.hint, problems: sorted });
  }

  static template(problem: Problem): ProjectError {
    return new ProjectError('TEMPLATE_INVALID', `${showPlace(problem.place)}: ${problem.message}`, {
      hint: problem.hint,
      problems: [problem],
    });
  }

  static notFound(folder: string): ProjectError {
    return new ProjectError(
      'PROJECT_NOT_FOUND',
      `No seeknal_project.yml in ${folder} or a folder above it.`,
      {
        hint: 'Create a project with `seeknal init`, or name its folder with --project-path.',
      },
    );
  }
}

/** `file:line:column`, as terminals make clickable. */
export const showPlace = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

const byPlace = (a: Place, b: Place): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
