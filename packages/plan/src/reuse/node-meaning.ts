import { canonicalJson, type Column, type JsonObject, type NodeId } from '@seeknal/manifest';
import {
  engineMeaning,
  foldCase,
  meaningOf,
  type ColumnMeaning,
  type Query,
  type RowsMeaning,
  type Term,
  type TermTable,
} from '@seeknal/sql-ast';

import { hasTable, isOutput, type Materialization, type SnapshotId } from '../snapshot.ts';

/** Reads the canonical SQL of a definition; rejects where it is no query. */
export type ParseSql = (sql: string) => Promise<Query>;

/** What a node's rows mean, and what could not be found out about them. */
export interface NodeMeaning extends RowsMeaning {
  /** Columns and names that could not be bound. */
  readonly problems: readonly string[];
  /** Why it depends on everything it reads; empty: it was understood. */
  readonly doubts: readonly string[];
  /** Other runs over the same rows may give other ones. */
  readonly isVolatile: boolean;
  /** Why two runs over the same rows may differ all the same: ties under a LIMIT, aggregates by order. */
  readonly unstable: readonly string[];
}

/** One version of a node: its definition over certain inputs. */
export interface NodeVersion {
  readonly node: NodeId;
  readonly definition: JsonObject;
  readonly materialization: Materialization;
  readonly timeColumn: string | null;
  /** Columns of its table; null: it was not built yet. */
  readonly columns: readonly Column[] | null;
  readonly inputs: readonly VersionInput[];
}

export interface VersionInput {
  readonly place: string;
  readonly node: NodeId;
  readonly meaning: RowsMeaning;
}

const engine = engineMeaning('duckdb');

/** Rows that stand for themselves: a table that both versions read. */
export function tableMeaning(
  node: NodeId,
  snapshot: SnapshotId,
  columns: readonly Column[] | null,
  terms: TermTable,
): NodeMeaning {
  const rows = terms.of(`snapshot ${snapshot}`);
  return {
    rows,
    columns: (columns ?? []).map(({ name, type }) => ({
      name,
      value: terms.source({ table: node, column: foldCase(name) }, `${snapshot} ${type}`),
    })),
    order: terms.of(`order of ${snapshot}`),
    open: columns === null ? (name) => terms.of(`column ${name}`, [rows]) : null,
    problems: [],
    doubts: [],
    isVolatile: false,
    unstable: [],
  };
}

/**
 * What the rows of a version mean. Its SQL decides them together with everything else in its definition; what
 * is no SQL, or cannot be read, depends on all of that and on everything in its inputs.
 */
export async function nodeMeaning(
  version: NodeVersion,
  parse: ParseSql,
  terms: TermTable,
): Promise<NodeMeaning> {
  const { definition, columns, inputs } = version;
  const { sql, ...rest } = definition;
  const frame = terms.of(`made as ${canonicalJson([version.materialization, rest])}`);
  if (typeof sql !== 'string' || isOutput(version.materialization)) {
    return whole(version, frame, null, terms);
  }
  let query: Query;
  try {
    query = await parse(sql);
  } catch (error) {
    return whole(version, frame, (error as { message: string }).message, terms);
  }
  const table = tablesIn(inputs);
  const strangers: string[] = [];
  const found = meaningOf(query, {
    ...engine,
    terms,
    table: (path) => {
      const known = table(path);
      if (known === null) strangers.push(path.join('.'));
      return known;
    },
  });
  // Nothing is known of what it is not said to read.
  if (strangers.length > 0)
    return whole(version, frame, `it reads ${strangers[0]}, which is none of its inputs`, terms);
  // What the engine calls the columns is the truth; other names here mean that something was misread.
  const misnamed =
    columns !== null && found.open === null && names(columns).join('\n') !== names(found.columns).join('\n');
  if (misnamed) return whole(version, frame, 'its columns are called otherwise than expected', terms);
  const isVolatile = found.volatile.length > 0;
  const decisive = hasTable(version.materialization) ? decisiveColumns(version, found.columns) : [];
  const parts = [frame, found.rows, ...decisive];
  const rows = isVolatile ? terms.fresh('volatile', parts) : terms.of('made', parts);
  return {
    rows,
    columns: found.columns,
    order: found.order,
    open: found.open,
    problems: found.problems.map(({ message }) => message),
    doubts: found.opaque,
    isVolatile,
    unstable: found.unstable,
  };
}

const names = (columns: readonly { readonly name: string }[]): readonly string[] =>
  columns.map(({ name }) => foldCase(name));

/** Columns by which rows are placed, replaced or merged: another value there is another set of rows. */
function decisiveColumns(
  { materialization, timeColumn, definition }: NodeVersion,
  columns: readonly ColumnMeaning[],
): readonly Term[] {
  const isMerged =
    materialization === 'upsert_by_key' ||
    materialization === 'append' ||
    definition['depends_on_past'] === true;
  if (isMerged) return columns.map(({ value }) => value);
  return columns
    .filter(({ name }) => timeColumn !== null && foldCase(name) === foldCase(timeColumn))
    .map(({ value }) => value);
}

/** The names a query may use for its inputs: their places, `kind.name`, and `__THIS__` for the only one. */
function tablesIn(inputs: readonly VersionInput[]): (path: readonly string[]) => RowsMeaning | null {
  const byName = new Map<string, RowsMeaning>();
  for (const { place, node, meaning } of inputs) {
    byName.set(foldCase(place), meaning);
    byName.set(foldCase(node), meaning);
  }
  // Several places may stand for one node; a node's own rows cannot be read.
  const [only, ...others] = new Map(inputs.map(({ node, meaning }) => [node, meaning])).values();
  if (only !== undefined && others.length === 0) byName.set('__this__', only);
  return (path) => byName.get(foldCase(path.join('.'))) ?? null;
}

/** The meaning of what cannot be analysed: its definition and all that its inputs hold. */
function whole(
  { definition, inputs, columns }: NodeVersion,
  frame: Term,
  doubt: string | null,
  terms: TermTable,
): NodeMeaning {
  const rows = terms.of(`whole ${canonicalJson(definition['sql'] ?? null)}`, [
    frame,
    ...inputs.map(({ meaning }) => everythingIn(meaning, terms)),
  ]);
  return {
    rows,
    columns: (columns ?? []).map(({ name }) => ({
      name,
      value: terms.of(`column ${foldCase(name)}`, [rows]),
    })),
    order: rows,
    open: columns === null ? (name) => terms.of(`column ${foldCase(name)}`, [rows]) : null,
    problems: [],
    doubts: doubt === null ? [] : [doubt],
    isVolatile: false,
    unstable: [],
  };
}

/** One term for everything that a reader of these rows could tell apart. */
export const everythingIn = ({ rows, columns, order, open }: RowsMeaning, terms: TermTable): Term =>
  terms.of(`everything ${JSON.stringify(columns.map(({ name }) => name))}`, [
    rows,
    order,
    ...columns.map(({ value }) => value),
    ...(open === null ? [] : [open('*')]),
  ]);
