import { expect, test } from '@jest/globals';

import { otherTable } from './finding.ts';
import type { EnvironmentRecord, SnapshotRecord, StateView } from './snapshot.ts';
import {
  builtState,
  comparedWith,
  full,
  integers,
  manifestWith,
  planned,
  view,
} from './testing/built-project.ts';
import { jan, type ExampleNode } from './testing/example-project.ts';
import { resolveNodes } from './resolve.ts';
import { proofsOf, withProofs } from './reuse/proofs.ts';

const TOP = 'transform.top';
const board: ExampleNode = { id: 'exposure.board', inputs: [TOP] };
const seen = view('transform.seen', [TOP], 'SELECT k FROM transform.top');
const sane: ExampleNode = { id: 'rule.sane', inputs: ['transform.seen'] };
const manifest = manifestWith([
  { id: 'source.events' },
  full(TOP, ['source.events'], 'SELECT k FROM source.events'),
  board,
  seen,
  sane,
]);
const state = builtState(manifest, { 'source.events': integers('k'), [TOP]: integers('k') });

/** The state in which outputs were made from another table of the same node, in `parts` of what they say of it. */
function madeFromAnother(parts: readonly ('inputs' | 'reads')[]): StateView {
  const id = state.environments['prod']?.pointers[TOP]?.snapshot as string;
  const named = <T extends { readonly snapshot: string }>(each: T): T =>
    each.snapshot === id ? { ...each, snapshot: 'another' } : each;
  const snapshots = Object.values(state.snapshots).map((record): SnapshotRecord => ({
    ...record,
    inputs: parts.includes('inputs') ? record.inputs.map(named) : record.inputs,
    reads: parts.includes('reads') ? record.reads.map(named) : record.reads,
  }));
  return { ...state, snapshots: Object.fromEntries(snapshots.map((record) => [record.id, record])) };
}

test('a file and a result are made again when what they read is another table, whatever its definition', () => {
  expect(planned(manifest, state).tasks).toEqual([]);
  expect(planned(manifest, madeFromAnother(['inputs'])).tasks.map(({ node }) => node)).toEqual([
    'exposure.board',
  ]);
  const both = planned(manifest, madeFromAnother(['inputs', 'reads']));
  expect(both.tasks.map(({ node }) => node)).toEqual(['exposure.board', 'rule.sane']);
  expect(both.nodes.find(({ node }) => node === 'rule.sane')?.reason).toBe(`${TOP} is another table now`);
});

test('what has rows of its own is compared with the new table instead', () => {
  const of = madeFromAnother(['inputs', 'reads']);
  const prod = of.environments['prod'] as EnvironmentRecord;
  const others = [...resolveNodes(manifest, of, prod, jan(5), null)].map(([id, node]) => [
    id,
    otherTable(node),
  ]);
  expect(Object.fromEntries(others)).toEqual({
    'source.events': null,
    [TOP]: null,
    'exposure.board': TOP,
    'transform.seen': null,
    'rule.sane': TOP,
  });
});

test('what another environment built of the same definition is another table all the same', async () => {
  const rule: ExampleNode = { id: 'rule.sane', inputs: [TOP] };
  const project = (sql: string) =>
    manifestWith([{ id: 'source.events' }, full(TOP, ['source.events'], sql), rule]);
  const columns = { 'source.events': integers('k'), [TOP]: integers('k') };
  const after = project('SELECT (k) AS k FROM source.events');
  const shown = builtState(project('SELECT k FROM source.events'), columns);
  const { snapshots } = builtState(after, columns);
  const top = snapshots[after.nodes[TOP]?.fingerprint ?? ''] as SnapshotRecord;
  const known = { ...shown, snapshots: { ...shown.snapshots, [top.id]: top } };
  const kept = async (of: StateView) => (await comparedWith(of, after)).impacts.get('rule.sane')?.isKept;
  expect([await kept(shown), await kept(known)]).toEqual([true, false]);
});

test('a file over a table that is kept stays the file of the environment that has it, and of no other', async () => {
  const project = (sql: string) =>
    manifestWith([{ id: 'source.events' }, full(TOP, ['source.events'], sql), board]);
  const columns = { 'source.events': integers('k'), [TOP]: integers('k') };
  const after = project('SELECT (k) AS k FROM source.events');
  const shown = builtState(project('SELECT k FROM source.events'), columns);
  const { impacts, resolved } = await comparedWith(shown, after);
  const known = withProofs(shown, proofsOf(impacts, resolved, shown, jan(5)));
  const idOf = (environment: EnvironmentRecord | null): string | undefined =>
    resolveNodes(after, known, environment, jan(5), null).get('exposure.board')?.snapshot.id;
  const prod = known.environments['prod'] as EnvironmentRecord;
  expect(idOf(prod)).toBe(prod.pointers['exposure.board']?.snapshot);
  expect(idOf(null)).toBe(after.nodes['exposure.board']?.fingerprint);
});
