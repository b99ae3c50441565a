import type { Span } from '@seeknal/sql-ast';

/** A part of a query as a person would name it. */
export type EditPart =
  | 'projection'
  | 'distinct'
  | 'table'
  | 'join'
  | 'filter'
  | 'group'
  | 'having'
  | 'qualify'
  | 'window'
  | 'sample'
  | 'order'
  | 'limit'
  | 'cte'
  | 'branch'
  | 'query';

/** What a change is to those who read the columns and tables of a query. */
export type SqlChangeType =
  | 'COLUMN_ADDED'
  | 'COLUMN_REMOVED'
  | 'COLUMN_TYPE_CHANGED'
  | 'TABLE_ADDED'
  | 'TABLE_REMOVED'
  | 'SQL_LOGIC_CHANGED';

/** One difference between two versions of a query. Plain JSON. */
export interface SqlEdit {
  readonly kind: 'INSERT' | 'DELETE' | 'UPDATE' | 'MOVE';
  readonly part: EditPart;
  /** The query inside the text that it is about, from the outside in: `CTE daily`, `branch 2`; empty: the text. */
  readonly path: readonly string[];
  /** Two where one thing takes the place of another: a renamed column is one removed and one added. */
  readonly changes: readonly SqlChangeType[];
  /** What is there in the old text, and where; null for what is new or was not written. */
  readonly old: EditSide | null;
  readonly new: EditSide | null;
  /** One sentence. */
  readonly sentence: string;
}

/** A piece of one of the texts. */
export interface EditSide {
  /** The piece on one line, cut short when it is long. */
  readonly text: string;
  /** Null where the parser gave no place. */
  readonly span: Span | null;
}
