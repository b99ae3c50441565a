import type { Check, ManifestNode, NodeId } from '@seeknal/manifest';
import type { Dialect, Query } from '@seeknal/sql-ast';

import { inputsOf } from './inputs-of.ts';
import type { NodeColumn } from './node-lineage.ts';
import { distinct, everything, type ColumnsOf, type NodeReading } from './node-reading.ts';
import { readQueryNode } from './read-query-node.ts';
import { tableNames } from './table-names.ts';

/** What is known of a node besides the manifest. */
export interface NodeKnowledge {
  readonly dialect: Dialect;
  /** All nodes, by id in small letters. */
  readonly nodes: ReadonlyMap<string, NodeId>;
  readonly columnsOf: ColumnsOf;
  /** All columns that the node is known to have; null: not known. */
  readonly recorded: readonly string[] | null;
  /** Its query; a text says why there is none. */
  readonly query: Query | string | null;
}

/** Follows one node one step up. Its inputs have been read before it. */
export function readNode(node: ManifestNode, knowledge: NodeKnowledge): NodeReading {
  const { spec } = node;
  const reading = bySpec(node, knowledge);
  const { recorded } = knowledge;
  if (recorded === null || spec.kind === 'rule') return reading;
  const all = new Map(reading.columns.map((column) => [column.name.toLowerCase(), column]));
  const unread = distinct(reading.inputs.map((input) => ({ node: input, column: '*' })));
  return {
    ...reading,
    columns: recorded.map((name) => ({
      name,
      // A name that was derived otherwise could be any of them.
      sources: all.get(name.toLowerCase())?.sources ?? reading.open?.(name) ?? unread,
    })),
    open: null,
  };
}

function bySpec(node: ManifestNode, { dialect, nodes, columnsOf, query }: NodeKnowledge): NodeReading {
  const { spec } = node;
  const inputs = [...new Set(inputsOf(spec).map(({ ref }) => ref))];
  const declared = Object.keys(node.columns);
  switch (spec.kind) {
    case 'source': {
      const names = [...new Set([...spec.columns.map(({ name }) => name), ...declared])];
      return { ...leaf, columns: names.map((name) => ({ name, sources: [] })), open: () => [] };
    }
    case 'transform': {
      if (query === null || typeof query === 'string') {
        return everything(inputs, declared, query ?? 'its SQL is not known before it runs');
      }
      const reading = readQueryNode({ node, query, dialect, tables: tableNames(node, nodes), columnsOf });
      const keys = [spec.timeColumn ?? [], Object.values(spec.upsert ?? {})].flat(2);
      return keys.length === 0
        ? reading
        : keyed(
            reading,
            keys.filter((key) => key !== null),
          );
    }
    case 'exposure':
      return copied(inputs, columnsOf);
    case 'rule':
      return checked(inputs, spec.checks);
    case 'unsupported':
      return everything(inputs, declared, spec.reason);
  }
}

const leaf: NodeReading = { columns: [], open: null, rowSources: [], inputs: [], notes: [], problems: [] };

/** Which row of several with one key stays, and in which interval a row lies, depends on these columns. */
function keyed(reading: NodeReading, keys: readonly string[]): NodeReading {
  const { columns, open, rowSources } = reading;
  const known = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const own = keys.flatMap((name) => {
    const sources = known.get(name.toLowerCase())?.sources ?? open?.(name);
    return sources === undefined ? [] : [{ name, sources }];
  });
  return {
    ...reading,
    columns: [...columns, ...own.filter(({ name }) => !known.has(name.toLowerCase()))],
    rowSources: distinct([...rowSources, ...own.flatMap(({ sources }) => sources)]),
  };
}

/** A file holds the rows of its input as they are. */
function copied(inputs: readonly NodeId[], columnsOf: ColumnsOf): NodeReading {
  const copies = inputs.map((node) => ({ node, found: columnsOf(node) }));
  return {
    ...leaf,
    columns: copies.flatMap(({ node, found }) =>
      (found?.columns ?? []).map(({ name }) => ({ name, sources: [{ node, column: name }] })),
    ),
    open: copies.some(({ found }) => found?.open !== null)
      ? (column) => inputs.map((node) => ({ node, column }))
      : null,
    inputs,
  };
}

/** A rule has no columns; what it checks counts as deciding. */
function checked(inputs: readonly NodeId[], checks: readonly Check[]): NodeReading {
  const read = checks.flatMap((check): readonly string[] => {
    if ('columns' in check) return check.columns;
    if ('column' in check) return [check.column];
    return check.type === 'sql' ? ['*'] : [];
  });
  const rowSources: readonly NodeColumn[] = inputs.flatMap((node) =>
    read.map((column) => ({ node, column })),
  );
  return { ...leaf, inputs, rowSources: distinct(rowSources) };
}
