import { formatInterval, type Interval } from '@seeknal/intervals';
import type { NodeId, Place } from '@seeknal/manifest';

/** Stable across minor versions: match on the code, never on the message. */
export type SdkErrorCode =
  | 'SDK_NOT_A_SOURCE'
  | 'SDK_NOT_YET'
  | 'SDK_NODE_UNKNOWN'
  | 'SDK_CATEGORY_INVALID'
  | 'SDK_NODE_NOT_SHOWN'
  | 'SDK_TEST_UNKNOWN'
  | 'SDK_OUTSIDE_HISTORY'
  | 'SDK_NO_WHOLE_INTERVAL'
  | 'SDK_STATE_NOT_A_FILE'
  | 'SDK_STATE_BACKEND'
  | 'SDK_STATE_MIGRATION';

/** The only error this package throws on purpose; those of the packages below pass through as they are. */
export class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly code: SdkErrorCode;
  readonly hint: string | undefined;
  /** Where in the project's files the cause stands. */
  readonly place: Place | undefined;

  constructor(
    code: SdkErrorCode,
    message: string,
    hint?: string,
    options: ErrorOptions & { readonly place?: Place } = {},
  ) {
    super(message, options);
    this.code = code;
    this.hint = hint;
    this.place = options.place;
  }

  /** An error about what a node names, with the node and its place; anything without a code stays as it is. */
  static atNode(error: unknown, node: NodeId, place: Place): unknown {
    if (typeof error !== 'object' || error === null || !('code' in error)) return error;
    const { code, message, hint } = error as { code: unknown; message?: unknown; hint?: unknown };
    const said = `${node}: ${String(message)}`;
    return new SdkError(code as SdkErrorCode, said, typeof hint === 'string' ? hint : undefined, {
      cause: error,
      place,
    });
  }

  static toCome(setting: string, instead: string): SdkError {
    return new SdkError(
      'SDK_NOT_YET',
      `${setting} in seeknal_project.yml is not part of this version yet`,
      `Use ${instead} for now.`,
    );
  }

  static testUnknown(name: string, near: string | null): SdkError {
    return new SdkError(
      'SDK_TEST_UNKNOWN',
      `There is no test "${name}"`,
      near === null ? 'Tests stand in the YAML files below tests/.' : `Did you mean "${near}"?`,
    );
  }

  static nodeUnknown(word: string, near: string | null): SdkError {
    return new SdkError(
      'SDK_NODE_UNKNOWN',
      `Neither environment shows a node "${word}"`,
      near === null ? 'List the nodes with: seeknal list' : `Did you mean ${near}?`,
    );
  }

  static notInProject(word: string, near: string | null): SdkError {
    return new SdkError(
      'SDK_NODE_UNKNOWN',
      `The project has no node "${word}"`,
      near === null ? 'List the nodes with: seeknal list' : `Did you mean ${near}?`,
    );
  }

  static categoryInvalid(node: NodeId, category: string): SdkError {
    return new SdkError(
      'SDK_CATEGORY_INVALID',
      `${category} cannot be said of ${node}: only BREAKING and NON_BREAKING can`,
      'That nothing changes is proved or not. To keep the rows that are there all the same: --forward-only.',
    );
  }

  static nothingToCompare(node: NodeId): SdkError {
    return new SdkError(
      'SDK_CATEGORY_INVALID',
      `NON_BREAKING cannot be said of ${node}: it has no table whose rows could be compared`,
      'Say it of the tables that read it; or leave it out, and what it reaches is built anew.',
    );
  }

  static nodeAmbiguous(word: string, nodes: readonly NodeId[]): SdkError {
    return new SdkError(
      'SDK_NODE_UNKNOWN',
      `"${word}" names ${nodes.length} nodes: ${nodes.join(', ')}`,
      `Name it with its kind: ${nodes[0]}.`,
    );
  }

  static nodeNotShown(node: NodeId, environment: string): SdkError {
    return new SdkError(
      'SDK_NODE_NOT_SHOWN',
      `The environment ${environment} does not show ${node}`,
      `Build it there with: seeknal apply ${environment}; or leave the node out, to see all that differs.`,
    );
  }

  static nodeWithoutRows(node: NodeId): SdkError {
    return new SdkError(
      'SDK_NODE_NOT_SHOWN',
      `${node} has no rows in the warehouse to compare`,
      'Name a node that it reads.',
    );
  }

  static stateNotAFile(backend: string): SdkError {
    return new SdkError(
      'SDK_STATE_NOT_A_FILE',
      `The state of this project is kept by ${backend}, not in a file`,
      'Name a backup: --from-backup <file>; or take it over from the warehouse: --rebuild.',
    );
  }

  /** A setting of the state that cannot be followed. */
  static stateBackend(message: string, hint: string): SdkError {
    return new SdkError('SDK_STATE_BACKEND', message, hint);
  }

  /** A copy of a state that cannot be made, or is not what was copied. */
  static stateMigration(message: string, hint: string): SdkError {
    return new SdkError('SDK_STATE_MIGRATION', message, hint);
  }

  static outsideHistory(node: NodeId, done: readonly Interval[]): SdkError {
    const [first, last] = [done[0], done.at(-1)];
    return new SdkError(
      'SDK_OUTSIDE_HISTORY',
      `${node} has nothing done in that range`,
      first === undefined || last === undefined
        ? 'It has not been run yet; run it first.'
        : `It has rows for ${formatInterval({ start: first.start, end: last.end })}.`,
    );
  }

  static noWholeInterval(node: NodeId, schedule: string): SdkError {
    return new SdkError(
      'SDK_NO_WHOLE_INTERVAL',
      `The range holds no whole interval of ${node}, whose schedule is ${schedule}`,
      'Name a range that begins and ends on ticks of the schedule.',
    );
  }
}
