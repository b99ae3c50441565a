import { foldCase } from '@seeknal/sql-ast/text';
import type { Check, NodeId } from '@seeknal/manifest';

import type { ResolvedNode } from '../resolve.ts';
import { isOutput } from '../snapshot.ts';
import type { NodeImpact } from './node-impact.ts';

/** Who is reached by columns of a node that go away or get other values. */
export interface Reach {
  readonly kind: 'removes' | 'changes';
  readonly columns: readonly string[];
  /** Columns of nodes; whole nodes whose rows, files or checks come from them. In topological order. */
  readonly readers: readonly string[];
  /** ``removes `amount`: breaks transform.daily.revenue, exposure.board`` */
  readonly sentence: string;
}

/**
 * What the author's own change of a node does to the columns that others read, over any number of nodes.
 * Where a node below was edited as well, so that it can do without a removed column, it is not broken. A node
 * whose rows may be others at all reaches everything below it, and is not listed column by column.
 *
 * O(nodes compared) for a node whose columns differ, else O(1).
 */
export function reachOf(
  id: NodeId,
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
): readonly Reach[] {
  const own = impacts.get(id);
  if (own === undefined || !own.isOwn || hasNoColumns(resolved.get(id))) return [];
  const { rows, changed, removed } = own.impact;
  const of = (kind: Reach['kind'], columns: readonly string[]): readonly Reach[] =>
    columns.length === 0 ? [] : [reach(kind, columns, readersOf(id, kind, columns, impacts, resolved))];
  return [...of('removes', removed), ...of('changes', rows ? [] : changed)];
}

function reach(kind: Reach['kind'], columns: readonly string[], readers: readonly string[]): Reach {
  const verb = kind === 'removes' ? 'breaks' : 'reaches';
  const names = columns.map((column) => `\`${column}\``).join(', ');
  const nobody = columns.length === 1 ? 'nobody reads it' : 'nobody reads them';
  const who = readers.length === 0 ? nobody : `${verb} ${readers.join(', ')}`;
  return { kind, columns, readers, sentence: `${kind} ${names}: ${who}` };
}

function readersOf(
  id: NodeId,
  kind: Reach['kind'],
  columns: readonly string[],
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
): readonly string[] {
  const readers: string[] = [];
  /** Columns by which a node hands on what happens above; null: by all that it has. */
  const reached = new Map<NodeId, ReadonlySet<string> | null>([[id, new Set(columns.map(foldCase))]]);
  // Inputs come before their readers.
  for (const [node, { impact, causes, isOwn, problems }] of impacts) {
    const hits = causes.filter((cause) => {
      const above = reached.get(cause.node);
      return above === null || cause.columns.some((column) => above?.has(foldCase(column)));
    });
    const isMended = kind === 'removes' && isOwn && problems.length === 0;
    const checked = checkedColumns(resolved.get(node));
    const isChecked =
      checked === null || hits.some((cause) => cause.columns.some((column) => checked.has(foldCase(column))));
    if (hits.length === 0 || isMended || !isChecked) continue;
    const affected = [...impact.changed, ...impact.removed];
    const isWhole = impact.rows || affected.length === 0 || hasNoColumns(resolved.get(node));
    reached.set(node, isWhole ? null : new Set(affected.map(foldCase)));
    readers.push(...(isWhole ? [node] : affected.map((column) => `${node}.${column}`)));
  }
  return readers;
}

/** Whether it gives no columns that others could read. */
const hasNoColumns = (node: ResolvedNode | undefined): boolean =>
  node !== undefined && isOutput(node.snapshot.materialization);

/** Columns that a rule looks at; null: it is none, or may look at any. */
function checkedColumns(node: ResolvedNode | undefined): ReadonlySet<string> | null {
  const spec = node?.node.spec;
  if (spec?.kind !== 'rule') return null;
  const columns = spec.checks.map(columnsOf);
  const known = columns.filter((each) => each !== null);
  return known.length < columns.length ? null : new Set(known.flat().map(foldCase));
}

function columnsOf(check: Check): readonly string[] | null {
  if ('columns' in check) return check.columns;
  if ('column' in check) return [check.column];
  return check.type === 'sql' ? null : [];
}
