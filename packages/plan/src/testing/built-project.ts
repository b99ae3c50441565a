import {
  inputsOf,
  sha256,
  type Column,
  type JsonObject,
  type Manifest,
  type ManifestNode,
  type NodeId,
} from '@seeknal/manifest';
import { lightParser } from '@seeknal/sql-ast';

import type { Plan, SaidCategory } from '../plan.ts';
import type { PlanRequest } from '../plan-request.ts';
import { plan } from '../planner.ts';
import { resolveNodes, type ResolvedNode } from '../resolve.ts';
import { findReuse } from '../reuse/find-reuse.ts';
import type { NodeImpact } from '../reuse/node-impact.ts';
import type { ParseSql } from '../reuse/node-meaning.ts';
import { ALL_TIME, type SnapshotRecord, type StateView } from '../snapshot.ts';
import { EMPTY, exampleManifest, jan, prodShowing, recordOf, type ExampleNode } from './example-project.ts';

const reader = lightParser('duckdb');

export const integers = (names: string): readonly Column[] =>
  names.split(' ').map((name) => ({ name, type: 'INTEGER' }));

/** A node whose rows are made as a whole. */
export const full = (id: NodeId, inputs: readonly NodeId[], sql: string): ExampleNode => ({
  id,
  inputs,
  sql,
  mode: 'full',
});

export const view = (id: NodeId, inputs: readonly NodeId[], sql: string): ExampleNode => ({
  id,
  inputs,
  sql,
  mode: 'view',
});

/** A manifest whose nodes have more in their definitions than the example says. */
export function manifestWith(
  examples: readonly ExampleNode[],
  more: { readonly [node: NodeId]: JsonObject } = {},
): Manifest {
  const manifest = exampleManifest(examples);
  const nodes: Record<NodeId, ManifestNode> = {};
  for (const node of Object.values(manifest.nodes)) {
    const own = more[node.id] ?? {};
    const above = inputsOf(node.spec).map(({ ref }) => nodes[ref]?.fingerprint ?? '');
    const isPlain = Object.keys(more).length === 0;
    const fingerprint = isPlain ? node.fingerprint : sha256(JSON.stringify([node.fingerprint, own, above]));
    nodes[node.id] = { ...node, definition: { ...node.definition, ...own }, fingerprint };
  }
  return { ...manifest, nodes };
}

/** The state after everything of a manifest was built and shown by `prod`; tables have the columns given. */
export function builtState(
  manifest: Manifest,
  columns: { readonly [node: NodeId]: readonly Column[] },
): StateView {
  const resolved = resolveNodes(manifest, EMPTY, null, jan(5), null);
  const records = [...resolved.values()].map(({ snapshot }): SnapshotRecord => ({
    ...recordOf(snapshot, [ALL_TIME]),
    columns: columns[snapshot.node] ?? null,
  }));
  const metadata = { description: null, owner: null, tags: [], audits: null };
  const pointers = Object.fromEntries(
    [...resolved].map(([id, { node, snapshot }]) => [
      id,
      { snapshot: snapshot.id, fingerprint: node.fingerprint, metadata },
    ]),
  );
  const prod = prodShowing(pointers);
  return {
    snapshots: Object.fromEntries(records.map((record) => [record.id, record])),
    environments: { prod },
    proofs: {},
  };
}

/** The plan of `prod` for all that is wanted at 2024-01-05, with nothing new outside. */
export const planned = (manifest: Manifest, state: StateView, more: Partial<PlanRequest> = {}): Plan =>
  plan({
    manifest,
    state,
    environment: 'prod',
    warehouse: 'w',
    now: jan(5),
    range: null,
    select: null,
    full: false,
    outside: {},
    ...more,
  });

export interface Compared {
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  readonly impacts: ReadonlyMap<NodeId, NodeImpact>;
  /** The queries that were read, in order. */
  readonly parsed: readonly string[];
}

/** What becomes of the rows that `prod` has, under another manifest. */
export async function comparedWith(
  state: StateView,
  manifest: Manifest,
  said?: ReadonlyMap<NodeId, SaidCategory>,
): Promise<Compared> {
  const prod = state.environments['prod'] ?? null;
  const resolved = resolveNodes(manifest, state, prod, jan(5), null);
  const parsed: string[] = [];
  const read: ParseSql = async (sql) => {
    parsed.push(sql);
    return (await reader)(sql);
  };
  const impacts = await findReuse(resolved, state, prod, read, said);
  return { resolved, impacts, parsed };
}

/** `kept`, or why not: `rows; changed a; added b; removed c; shape`. */
export function saidOf({ isKept, impact }: NodeImpact): string {
  const list = (word: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${word} ${names.join(' ')}`];
  const said = [
    ...(impact.rows ? ['rows'] : []),
    ...list('changed', impact.changed),
    ...list('added', impact.added),
    ...list('removed', impact.removed),
    ...(impact.shape ? ['shape'] : []),
  ];
  return isKept ? 'kept' : said.join('; ') || 'nothing, but not kept';
}
