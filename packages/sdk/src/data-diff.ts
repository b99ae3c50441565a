import type { DataDiff, DataDiffOptions } from '@seeknal/engine';
import { checkEnvironmentName, EnvironmentError } from '@seeknal/environments';
import type { Instant } from '@seeknal/intervals';
import { nearest, sameJson, type Json, type NodeId } from '@seeknal/manifest';
import { isOutput, type EnvironmentRecord, type SnapshotId, type StateView } from '@seeknal/plan';

import { SdkError } from './errors.ts';
import { renew } from './renew.ts';
import type { Session } from './session.ts';

/** How the rows that two environments show under the name of one node differ. */
export interface NodeDataDiff {
  readonly node: NodeId;
  /**
   * `same_table`: both stand for one snapshot, and nothing was compared. `same_rows`: two tables with the same
   * rows and columns. `only_a`, `only_b`: the other one does not show it.
   */
  readonly status: 'same_table' | 'same_rows' | 'differs' | 'only_a' | 'only_b';
  /** What each stands for; null: it does not show the node. */
  readonly snapshots: { readonly a: SnapshotId | null; readonly b: SnapshotId | null };
  /** The columns that rows were told apart by; empty: rows were compared as wholes. */
  readonly keys: readonly string[];
  /** Null: nothing was compared. */
  readonly data: DataDiff | null;
}

/** How the rows that two environments show differ. */
export interface EnvironmentsDataDiff {
  readonly a: string;
  readonly b: string;
  /** Whether anything that readers see differs. */
  readonly differs: boolean;
  /** The node that was asked for; else every node with other snapshots, by name. */
  readonly nodes: readonly NodeDataDiff[];
}

/** What a comparison needs of the project. */
export interface Compared {
  readonly session: Session;
  readonly now: Instant;
}

/**
 * Compares the rows of one node in two environments. Opens the warehouse only where they are two tables; then
 * several scans of each. Keys that are not given are those of an upsert that both sides have.
 *
 * @param word The node's name, or `kind.name`.
 * @throws {EnvironmentError} `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`, `ENVIRONMENT_UNKNOWN`.
 * @throws {SdkError} `SDK_NODE_UNKNOWN` when neither shows such a node, `SDK_NODE_NOT_SHOWN` when one does not.
 * @throws {EngineError} As `diffData` of the engine does.
 */
export async function diffNodeData(
  { session, now }: Compared,
  a: string,
  b: string,
  word: string,
  options: DataDiffOptions,
): Promise<EnvironmentsDataDiff> {
  const sides = await sidesOf(session, now, a, b);
  const node = nodeNamed(word, sides);
  for (const side of [sides.a, sides.b]) {
    if (side.pointers[node] === undefined) throw SdkError.nodeNotShown(node, side.name);
    if (!shownBy(side, sides.view).includes(node)) throw SdkError.nodeWithoutRows(node);
  }
  return toldOf(a, b, [await compare(session, node, sides, options)]);
}

/**
 * Compares the rows of every node whose snapshots differ in two environments. Opens the warehouse only where
 * there is one. Keys, if any are given, are those of every node.
 *
 * @throws {EnvironmentError} `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`, `ENVIRONMENT_UNKNOWN`.
 */
export async function diffAllData(
  { session, now }: Compared,
  a: string,
  b: string,
  options: DataDiffOptions,
): Promise<EnvironmentsDataDiff> {
  const sides = await sidesOf(session, now, a, b);
  const nodes = [...new Set([sides.a, sides.b].flatMap((side) => shownBy(side, sides.view)))]
    .filter((node) => snapshotIn(sides.a, node) !== snapshotIn(sides.b, node))
    .toSorted();
  const found: NodeDataDiff[] = [];
  for (const node of nodes) found.push(await compare(session, node, sides, options));
  return toldOf(a, b, found);
}

interface Sides {
  readonly view: StateView;
  readonly a: EnvironmentRecord;
  readonly b: EnvironmentRecord;
}

const toldOf = (a: string, b: string, nodes: readonly NodeDataDiff[]): EnvironmentsDataDiff => ({
  a,
  b,
  differs: nodes.some(({ status }) => !status.startsWith('same')),
  nodes,
});

async function sidesOf(session: Session, now: Instant, a: string, b: string): Promise<Sides> {
  const state = await session.state(await session.warehouse());
  const view = await state.read();
  const known = Object.keys(view.environments);
  const recordOf = async (name: string): Promise<EnvironmentRecord> => {
    checkEnvironmentName(name, known);
    const record = view.environments[name];
    if (record === undefined) throw EnvironmentError.unknown(name, known);
    await renew(record, state, now);
    return record;
  };
  return { view, a: await recordOf(a), b: await recordOf(b) };
}

const snapshotIn = ({ pointers }: EnvironmentRecord, node: NodeId): SnapshotId | null =>
  pointers[node]?.snapshot ?? null;

/** Nodes of which an environment shows rows. */
const shownBy = ({ pointers }: EnvironmentRecord, { snapshots }: StateView): readonly NodeId[] =>
  Object.keys(pointers).filter((node) => {
    const of = snapshots[pointers[node]?.snapshot ?? '']?.materialization;
    return of === undefined || !isOutput(of);
  });

/** The node that a word names in either environment, in whatever case. */
function nodeNamed(word: string, { a, b }: Sides): NodeId {
  const nodes = [...new Set([a, b].flatMap(({ pointers }) => Object.keys(pointers)))].toSorted();
  const folded = word.toLowerCase();
  const nameOf = (node: NodeId): string => node.slice(node.indexOf('.') + 1);
  const found =
    nodes.find((node) => node.toLowerCase() === folded) ??
    nodes.filter((node) => nameOf(node).toLowerCase() === folded);
  if (typeof found === 'string') return found;
  const [node, ...more] = found;
  if (node !== undefined && more.length === 0) return node;
  if (node !== undefined) throw SdkError.nodeAmbiguous(word, found);
  throw SdkError.nodeUnknown(word, nearest(word, [...nodes, ...nodes.map(nameOf)]));
}

async function compare(
  session: Session,
  node: NodeId,
  { view, a, b }: Sides,
  options: DataDiffOptions,
): Promise<NodeDataDiff> {
  const snapshots = { a: snapshotIn(a, node), b: snapshotIn(b, node) };
  const keys = options.keys ?? keysOf(view, snapshots);
  const uncompared = { node, snapshots, keys: [], data: null };
  if (snapshots.a === snapshots.b) return { ...uncompared, status: 'same_table' };
  if (snapshots.a === null) return { ...uncompared, status: 'only_b' };
  if (snapshots.b === null) return { ...uncompared, status: 'only_a' };
  const engine = await session.engine();
  const shown = ({ name }: EnvironmentRecord) => ({ environment: name, node });
  const data = await engine.diffData(shown(a), shown(b), { ...options, keys });
  return { node, status: isDifferent(data) ? 'differs' : 'same_rows', snapshots, keys, data };
}

/** The key of an upsert, where both are upserts by the same one. */
function keysOf(
  { snapshots }: StateView,
  { a, b }: { readonly a: SnapshotId | null; readonly b: SnapshotId | null },
): readonly string[] {
  const keyOf = (id: SnapshotId | null): Json => snapshots[id ?? '']?.definition['unique_keys'] ?? [];
  return sameJson(keyOf(a), keyOf(b)) ? (keyOf(a) as readonly string[]) : [];
}

const isDifferent = ({ onlyA, onlyB, changed, columns }: DataDiff): boolean =>
  onlyA + onlyB + (changed ?? 0) > 0 || columns.some(({ a, b }) => a !== b);
