import { expect, test } from '@jest/globals';
import type { Manifest, NodeId } from '@seeknal/manifest';

import type { NodePlan, Plan } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { renamesIn, withFormerNames, withRenames } from './renames.ts';
import { resolveNodes, type ResolvedNode } from './resolve.ts';
import { proofsOf, withProofs } from './reuse/proofs.ts';
import type { EnvironmentRecord, StateView } from './snapshot.ts';
import {
  builtState,
  comparedWith,
  full,
  integers,
  manifestWith,
  planned as plannedFor,
  view,
} from './testing/built-project.ts';
import { jan, type ExampleNode } from './testing/example-project.ts';

const SOURCE: ExampleNode = { id: 'source.events' };
const COLUMNS = { 'source.events': integers('k x y'), 'transform.daily': integers('k x') };
const SQL = 'select k , x from source . events';

/** `daily` and what reads it, under the name given. */
function project(
  name: string,
  {
    from,
    sql = SQL,
    reader = `select k , x + 1 as z from transform . ${name}`,
    mode = full,
  }: {
    readonly from?: readonly string[];
    readonly sql?: string;
    readonly reader?: string;
    readonly mode?: typeof full;
  } = {},
): readonly ExampleNode[] {
  const id = `transform.${name}`;
  const own = mode(id, ['source.events'], sql);
  return [
    SOURCE,
    { ...own, ...(from !== undefined && { renamedFrom: from }) },
    full('transform.week', [id], reader),
  ];
}

const prodOf = ({ environments }: StateView): EnvironmentRecord => environments['prod'] as EnvironmentRecord;

/** The plan that takes `prod` from one project to another. */
async function planned(
  state: StateView,
  manifest: Manifest,
  more: Partial<PlanRequest> = {},
): Promise<{ readonly made: Plan; readonly after: StateView }> {
  const renamed = withRenames(prodOf(state), renamesIn(manifest, prodOf(state)));
  const seen = { ...state, environments: { prod: renamed } };
  const { impacts, resolved } = await comparedWith(seen, manifest);
  const after = withProofs(state, proofsOf(impacts, resolved, seen, jan(5)));
  const made = plannedFor(manifest, after, { impacts, ...more });
  return { made, after };
}

const said = ({ node, action, category, reason, tasks }: NodePlan): string =>
  `${node} ${action} ${category ?? '-'}: ${reason}${tasks === 0 ? '' : ` (${tasks})`}`;

const BUILT = (nodes = project('daily')): StateView => builtState(manifestWith(nodes), COLUMNS);

test.each<[string, Parameters<typeof project>[1], readonly string[]]>([
  [
    'nothing else',
    {},
    [
      'transform.sums change METADATA: renamed from transform.daily; nothing is rebuilt',
      'transform.week keep -: nothing that it reads differs',
    ],
  ],
  [
    'a reader that names its place now',
    { reader: 'select k , x + 1 as z from input_0' },
    [
      'transform.sums change METADATA: renamed from transform.daily; nothing is rebuilt',
      'transform.week change METADATA: its definition is written otherwise; rows and columns stay the same',
    ],
  ],
  [
    'written otherwise',
    { sql: 'select e . k , ( e . x ) as x from source . events as e' },
    [
      'transform.sums change METADATA: renamed from transform.daily; its definition is written otherwise; rows and columns stay the same; nothing is rebuilt',
      'transform.week keep -: nothing that it reads differs',
    ],
  ],
  [
    'another value',
    { sql: 'select k , x * 2 as x from source . events' },
    [
      expect.stringMatching(
        /^transform\.sums change BREAKING: renamed from transform\.daily; .*\(1\)$/u,
      ) as never,
      'transform.week change BREAKING: it reads x of transform.sums, which changed (1)',
    ],
  ],
])('a node with another name and %s', async (_, change, expected) => {
  const { made } = await planned(
    BUILT(),
    manifestWith(project('sums', { from: ['transform.daily'], ...change })),
  );
  expect(made.nodes.slice(1).map(said)).toEqual(expected);
  expect(made.nodes.map(({ renamedFrom }) => renamedFrom)).toEqual([null, 'transform.daily', null]);
  expect(made.summary).toMatchObject({ add: 0, remove: 0 });
  expect(Object.keys(made.pointers).toSorted()).toEqual([
    'source.events',
    'transform.sums',
    'transform.week',
  ]);
});

test('what gives other rows each time is not run again for a name', async () => {
  const sql = 'select k , random ( ) as x from source . events';
  const reader = (name: string): string => `select k , now ( ) as z from transform . ${name}`;
  const state = BUILT(project('daily', { sql, reader: reader('daily') }));
  const now = project('sums', { from: ['transform.daily'], sql, reader: reader('sums') });
  expect((await planned(state, manifestWith(now))).made.tasks).toEqual([]);
  // By its place, in a query that may mean the old name as well, nothing is taken for granted.
  const odd = `select k , now ( ) as z from input_0 where 'transform.daily' <> ''`;
  const placed = BUILT(project('daily', { sql, reader: odd }));
  const after = project('sums', { from: ['transform.daily'], sql, reader: odd });
  expect((await planned(placed, manifestWith(after))).made.tasks.map(({ node }) => node)).toEqual([
    'transform.week',
  ]);
});

test('where nobody says so nothing is guessed, but what may be meant is said', async () => {
  const { made } = await planned(BUILT(), manifestWith(project('sums')));
  expect(made.nodes[1]).toMatchObject({
    action: 'add',
    notes: ['transform.daily was defined alike: renamed_from keeps its rows'],
  });
  expect(made.nodes.at(-1)).toMatchObject({ action: 'remove', category: 'BREAKING' });
  const other = manifestWith(project('sums', { sql: 'select k , y as x from source . events' }));
  expect((await planned(BUILT(), other)).made.nodes[1]?.notes).toEqual([]);
  // Nothing is known of rows whose snapshot is gone.
  const state = BUILT();
  const { [prodOf(state).pointers['transform.daily']?.snapshot ?? '']: _, ...snapshots } = state.snapshots;
  const { made: lost } = await planned({ ...state, snapshots }, manifestWith(project('sums')));
  expect(lost.nodes[1]?.notes).toEqual([]);
});

test('a view is made once more, and what reads it keeps its rows', async () => {
  const columns = { mode: view };
  const { made } = await planned(
    BUILT(project('daily', columns)),
    manifestWith(project('sums', { from: ['transform.daily'], ...columns })),
  );
  expect(made.nodes.slice(1).map(said)).toEqual([
    'transform.sums change METADATA: renamed from transform.daily (1)',
    expect.stringMatching(/^transform\.week keep -: nothing that it reads/u),
  ]);
});

test.each<[string, readonly ExampleNode[], readonly ExampleNode[], readonly string[]]>([
  [
    'a column that goes is one that was read under the old name',
    project('daily', { reader: 'select x as z from transform . daily' }),
    project('sums', {
      from: ['transform.daily'],
      sql: 'select k from source . events',
      reader: 'select x as z from transform . sums',
    }),
    [
      expect.stringMatching(/^transform\.sums change BREAKING: renamed from transform\.daily; /u) as never,
      expect.stringMatching(/^transform\.week change BREAKING: it reads x of transform\.sums/u) as never,
    ],
  ],
  [
    'a name that may be a column is looked into',
    project('daily', { reader: 'select transform . k from transform . daily as transform' }),
    project('sums', {
      from: ['transform.daily'],
      reader: 'select transform . k from transform . sums as transform',
    }),
    [
      'transform.sums change METADATA: renamed from transform.daily; nothing is rebuilt',
      'transform.week change METADATA: its definition is written otherwise; rows and columns stay the same',
    ],
  ],
])('%s', async (_, before, after, expected) => {
  const { made } = await planned(BUILT(before), manifestWith(after));
  expect(made.nodes.slice(1).map(said)).toEqual(expected);
});

test('a reader that reads something new besides is compared as a whole', async () => {
  const more = full(
    'transform.week',
    ['transform.sums', 'source.events'],
    'select 1 as z from transform . sums',
  );
  const before = project('daily', { reader: 'select 1 as z from transform . daily' });
  const after = [...project('sums', { from: ['transform.daily'] }).slice(0, 2), more];
  const { made } = await planned(BUILT(before), manifestWith(after));
  expect(made.nodes.at(-1)).toMatchObject({ action: 'keep', tasks: 0 });
});

test('a source under another name is loaded no more than before', async () => {
  const events: ExampleNode = { id: 'source.happenings', renamedFrom: ['source.events'] };
  const sql = 'select k , x from source . happenings';
  const now = [events, ...project('daily', { sql }).slice(1)].map((node) =>
    node.id === 'transform.daily' ? { ...node, inputs: ['source.happenings'] } : node,
  );
  // An example's definition is its name; of a file it is the path, which stays.
  const same = { old: { 'source.events': { sql: null } }, now: { 'source.happenings': { sql: null } } };
  const state = builtState(manifestWith(project('daily'), same.old), COLUMNS);
  const { made } = await planned(state, manifestWith(now, same.now));
  expect(made.tasks).toEqual([]);
});

test('a rename that other proofs made known already is told as one', async () => {
  const manifest = manifestWith(project('sums', { from: ['transform.daily'] }));
  const { after } = await planned(BUILT(), manifest);
  const { made } = await planned(after, manifest);
  expect(said(made.nodes[1] as NodePlan)).toBe(
    'transform.sums change METADATA: renamed from transform.daily; nothing is rebuilt',
  );
});

test('where only some nodes are selected, former names stay', async () => {
  const manifest = manifestWith(project('sums', { from: ['transform.daily'] }));
  const [week, sums] = [new Set(['transform.week']), new Set(['transform.sums'])];
  const other = await planned(BUILT(), manifest, { select: week });
  expect(Object.keys(other.made.pointers).toSorted()).toEqual([
    'source.events',
    'transform.daily',
    'transform.week',
  ]);
  const { made } = await planned(BUILT(), manifest, { select: sums });
  expect(Object.keys(made.pointers)).toContain('transform.daily');
  expect(made.pointers['transform.sums']).toBe(made.pointers['transform.daily']);
});

/** `prod` with a pointer more, or with one under another name. */
function pointing(state: StateView, pointers: { readonly [node: NodeId]: NodeId }): StateView {
  const prod = prodOf(state);
  const more = Object.entries(pointers).map(([id, like]) => [id, prod.pointers[like]] as const);
  const all = Object.fromEntries([...Object.entries(prod.pointers), ...more]);
  return { ...state, environments: { prod: { ...prod, pointers: all } } } as StateView;
}

test('a former name that is left behind goes, and is no loss', async () => {
  const manifest = manifestWith(project('sums', { from: ['transform.daily'] }));
  const left = pointing(BUILT(), { 'transform.sums': 'transform.daily' });
  const { made } = await planned(left, manifest);
  expect(said(made.nodes.at(-1) as NodePlan)).toBe(
    'transform.daily remove METADATA: its rows are shown as transform.sums',
  );
  const other = pointing(BUILT(), { 'transform.sums': 'transform.week' });
  expect(said((await planned(other, manifest)).made.nodes.at(-1) as NodePlan)).toBe(
    'transform.daily remove BREAKING: no longer in the project',
  );
});

test('a caller may show the environment under its new names, and say which they are', async () => {
  const manifest = manifestWith(project('sums', { from: ['transform.daily'] }));
  const state = BUILT();
  const renames = renamesIn(manifest, prodOf(state));
  const seen = { ...state, environments: { prod: withRenames(prodOf(state), renames) } };
  const { made } = await planned(seen, manifest, { renames });
  expect(made.nodes[1]?.renamedFrom).toBe('transform.daily');
  expect(withRenames(null, renames)).toBeNull();
  expect(withRenames(prodOf(state), new Map())).toBe(prodOf(state));
  expect(renamesIn(manifest, null).size).toBe(0);
});

test('rows that a node had under another name keep telling so', async () => {
  const state = BUILT();
  const manifest = manifestWith(project('sums', { from: ['transform.daily'] }));
  const { after } = await planned(state, manifest);
  const prod = withRenames(prodOf(state), renamesIn(manifest, prodOf(state)));
  const names = (of: Manifest): readonly (readonly string[] | undefined)[] =>
    [...resolveNodes(of, { ...after, environments: { prod } }, prod, jan(5), null).values()].map(
      ({ snapshot }) => snapshot.formerNodes,
    );
  expect(names(manifest)).toEqual([undefined, ['transform.daily'], undefined]);
  // Long after the author said so, in rows of its own too.
  const edited = manifestWith(project('sums', { sql: 'select k , x * 2 as x from source . events' }));
  expect(names(edited)).toEqual([undefined, ['transform.daily'], undefined]);
});

// Whichever of the two comes first in the order of the nodes.
test.each(['sums', 'all'])('no two nodes have one table: the former name of %s comes back', async (name) => {
  const state = BUILT();
  const renamed = manifestWith(project(name, { from: ['transform.daily'] }));
  const { after, made } = await planned(state, renamed);
  const prod = prodOf(state);
  const pointers = Object.fromEntries(
    Object.entries(made.pointers).map(([id, snapshot]) => [
      id,
      { snapshot, fingerprint: renamed.nodes[id]?.fingerprint ?? '', metadata: {} },
    ]),
  );
  const shown = { ...after, environments: { prod: { ...prod, pointers } } };
  const both = manifestWith([...project(name), full('transform.daily', ['source.events'], SQL)]);
  const { made: back } = await planned(shown, both);
  expect(new Set(Object.values(back.pointers)).size).toBe(Object.keys(back.pointers).length);
  expect(back.tasks.map(({ node }) => node)).toEqual([`transform.${name}`]);
  expect(back.pointers['transform.daily']).toBe(prod.pointers['transform.daily']?.snapshot);
});

test.each<[string, readonly string[], readonly (readonly [string, ...string[]])[], readonly string[]]>([
  // the names asked for       names of snapshots, former ones behind        all names of those nodes
  ['nothing is known', ['a'], [['a'], ['b']], ['a']],
  ['another node', ['c'], [['b', 'a']], ['c']],
  ['what is planned now', ['y'], [], ['y', 'z']],
  ['back in time', ['b'], [['b', 'a']], ['a', 'b']],
  ['and on from there', ['a'], [['b', 'a'], ['c', 'b'], ['d']], ['a', 'b', 'c']],
])('all names of a node: %s', (_, names, made, expected) => {
  const snapshots = Object.fromEntries(
    made.map(([node, ...former], at) => [
      `s${at}`,
      { node, ...(former.length > 0 && { formerNodes: former }) },
    ]),
  ) as unknown as StateView['snapshots'];
  const planned = { snapshot: { node: 'z', formerNodes: ['y'] } } as unknown as ResolvedNode;
  const found = withFormerNames(new Set(names), new Map([['z', planned]]), { snapshots });
  expect([...found].toSorted()).toEqual(expected);
});
