import { nearest } from '@seeknal/manifest/nearest';

/** Stable across minor versions: match on the code, never on the message. */
export type LineageErrorCode = 'LINEAGE_NODE_UNKNOWN' | 'LINEAGE_COLUMN_UNKNOWN';

/** The only error this package throws on purpose. */
export class LineageError extends Error {
  override readonly name = 'LineageError';
  readonly code: LineageErrorCode;
  /** One sentence on what to do next, for the CLI to print under the message. */
  readonly hint: string;

  constructor(code: LineageErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  static nodeUnknown(node: string, known: Iterable<string>): LineageError {
    const near = nearest(node, [...known]);
    return new LineageError(
      'LINEAGE_NODE_UNKNOWN',
      `There is no node "${node}".`,
      near === null ? 'Name a node as kind.name.' : `Did you mean "${near}"?`,
    );
  }

  static columnUnknown(node: string, column: string, known: readonly string[]): LineageError {
    const near = nearest(column, known);
    return new LineageError(
      'LINEAGE_COLUMN_UNKNOWN',
      `${node} has no column "${column}".`,
      near === null ? `It has ${known.join(', ') || 'no columns'}.` : `Did you mean "${near}"?`,
    );
  }
}
