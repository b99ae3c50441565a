import type { ManifestNode, NodeId } from '@seeknal/manifest';
import {
  engineMeaning,
  meaningOf,
  TermTable,
  type Dialect,
  type Query,
  type RowsMeaning,
  type Term,
} from '@seeknal/sql-ast';

import { inputsOf } from './inputs-of.ts';
import { distinctProblems } from './distinct-problems.ts';
import type { NodeColumn } from './node-lineage.ts';
import { distinct, type ColumnsOf, type NodeReading } from './node-reading.ts';

/** How a node is read whose query is known. */
export interface QueryNode {
  readonly node: ManifestNode;
  readonly query: Query;
  readonly dialect: Dialect;
  readonly tables: (name: readonly string[]) => NodeId | undefined;
  readonly columnsOf: ColumnsOf;
}

/** Follows the columns of a node's query to those of the nodes it reads. */
export function readQueryNode({ node, query, dialect, tables, columnsOf }: QueryNode): NodeReading {
  const terms = new TermTable();
  const engine = engineMeaning(dialect);
  const read = new Set<NodeId>();
  const known = new Map<NodeId, RowsMeaning>();
  const table = (name: readonly string[]): RowsMeaning => {
    const id = tables(name) ?? name.join('.');
    read.add(id);
    const found = known.get(id) ?? rowsOf(id, columnsOf(id), terms);
    known.set(id, found);
    return found;
  };
  const meaning = meaningOf(query, { ...engine, terms, table });
  const { rows, columns, open } = meaning;
  const inputs = inputsOf(node.spec).map(({ ref }) => ref);
  const sources = (of: Term, withContext: boolean): readonly NodeColumn[] =>
    distinct(
      terms
        .sources([of], withContext)
        // Only its inputs can be behind what the query does not name.
        .flatMap(({ table: id, column }) =>
          id === '?' ? inputs.map((input) => ({ node: input, column: '*' })) : [{ node: id, column }],
        ),
    );
  const all = [rows, ...columns.map(({ value }) => value), ...(open === null ? [] : [open('*')])];
  const mayReadAny = terms.sources(all, true).some((each) => each.table === '?');
  return {
    columns: columns.map(({ name, value }) => ({ name, sources: sources(value, false) })),
    open: open === null ? null : (name) => sources(open(name), false),
    rowSources: sources(rows, true),
    inputs: [...new Set([...read, ...(mayReadAny ? inputs : [])])],
    notes: meaning.opaque,
    problems: distinctProblems(meaning.problems),
  };
}

/** The rows of a node, as a query sees them. */
function rowsOf(id: NodeId, found: ReturnType<ColumnsOf>, terms: TermTable): RowsMeaning {
  const source = (column: string): Term => terms.source({ table: id, column }, null);
  return {
    rows: terms.of(`rows of ${id}`),
    order: terms.of(`order of ${id}`),
    columns: (found?.columns ?? []).map(({ name }) => ({ name, value: source(name) })),
    open: found?.open === null ? null : source,
  };
}
