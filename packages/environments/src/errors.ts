/** Stable across minor versions: match on the code, never on the message. */
export type EnvironmentErrorCode =
  | 'ENVIRONMENT_NAME_INVALID'
  | 'ENVIRONMENT_CASE'
  | 'ENVIRONMENT_UNKNOWN'
  | 'ENVIRONMENT_EXPIRED'
  | 'ENVIRONMENT_PROTECTED'
  | 'ENVIRONMENT_SAME'
  | 'ENVIRONMENT_MOVED'
  | 'ENVIRONMENT_GAPS'
  | 'ENVIRONMENT_INCOMPLETE'
  | 'ENVIRONMENT_NO_WAY_BACK'
  | 'PLAN_STALE'
  | 'PLAN_FILE_INVALID'
  | 'PLAN_FILE_EDITED';

/** The only error this package throws on purpose; those of the packages below pass through as they are. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code: EnvironmentErrorCode;
  /** One sentence on what to do next. */
  readonly hint: string | undefined;

  constructor(code: EnvironmentErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  static nameInvalid(name: string): EnvironmentError {
    const shown = JSON.stringify(name.length > 70 ? `${name.slice(0, 70)}…` : name);
    return new EnvironmentError(
      'ENVIRONMENT_NAME_INVALID',
      `Not a name of an environment: ${shown}`,
      'Use a letter or _ first, then letters, digits, _ and -, at most 63 in all.',
    );
  }

  static otherCase(name: string, known: string): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_CASE',
      `The environment ${name} differs only in case from ${known}`,
      `Use ${known}, or choose another name.`,
    );
  }

  static unknown(name: string, known: readonly string[]): EnvironmentError {
    const available = known.length === 0 ? 'none yet' : known.toSorted().join(', ');
    return new EnvironmentError(
      'ENVIRONMENT_UNKNOWN',
      `Environment '${name}' not found. Available: ${available}`,
      `Make it with: seeknal apply ${name}`,
    );
  }

  static expired(name: string, at: number): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_EXPIRED',
      `The environment ${name} expired at ${new Date(at).toISOString()}`,
      `Renew it with: seeknal apply ${name}`,
    );
  }

  static protected(name: string, what: string): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_PROTECTED',
      `The environment ${name} cannot be ${what}`,
      'It is what everybody reads. To undo its newest change: seeknal env rollback prod',
    );
  }

  static same(name: string): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_SAME',
      `${name} cannot be promoted to itself`,
      'Name another one.',
    );
  }

  /** @param nodes What moved, where it is known. */
  static moved(source: string, target: string, nodes: readonly string[]): EnvironmentError {
    const what = nodes.length === 0 ? '' : `: ${named(nodes)}`;
    return new EnvironmentError(
      'ENVIRONMENT_MOVED',
      `${target} moved since ${source} was last applied${what}`,
      `See what that means with: seeknal plan ${source}; then apply ${source} again, or promote with --force.`,
    );
  }

  static gaps(source: string, target: string, gaps: readonly string[]): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_GAPS',
      `${source} lacks rows that ${target} shows: ${named(gaps, '; ')}`,
      `Fill them with: seeknal apply ${source}; or promote all the same with --allow-gaps.`,
    );
  }

  static incomplete(name: string, nodes: readonly string[]): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_INCOMPLETE',
      `${name} does not show yet what it was applied for: ${named(nodes)}`,
      `Finish it with: seeknal apply ${name}`,
    );
  }

  static noWayBack(name: string, why: string): EnvironmentError {
    return new EnvironmentError(
      'ENVIRONMENT_NO_WAY_BACK',
      `${name} cannot be rolled back: ${why}`,
      'Change the project back instead, and apply it: what is still there is not built again.',
    );
  }

  static stale(environment: string, moved: readonly string[]): EnvironmentError {
    return new EnvironmentError(
      'PLAN_STALE',
      `The plan for ${environment} is stale: ${moved.join('; ')}`,
      'Plan again; or apply with --force, which shows the difference first.',
    );
  }

  static fileInvalid(what: string): EnvironmentError {
    return new EnvironmentError(
      'PLAN_FILE_INVALID',
      `Not a plan: ${what}`,
      'Write one with: seeknal plan <env> --out plan.json',
    );
  }

  static fileEdited(): EnvironmentError {
    return new EnvironmentError(
      'PLAN_FILE_EDITED',
      'The plan was changed after it was made: its contents do not match its id',
      'Plan again; what a plan does is changed by the options of seeknal plan.',
    );
  }
}

/** At most eight, the rest counted. */
function named(names: readonly string[], between = ', '): string {
  const shown = names.slice(0, 8).join(between);
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
