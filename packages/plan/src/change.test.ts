import { expect, test } from '@jest/globals';

import { changes, type Change } from './change.ts';
import { resolveNodes } from './resolve.ts';
import { proofsOf, withProofs } from './reuse/proofs.ts';
import type { NodeImpact } from './reuse/node-impact.ts';
import { refutation } from './reuse/refutation.ts';
import type { EnvironmentRecord, StateView } from './snapshot.ts';
import { builtState, comparedWith, full, integers, manifestWith } from './testing/built-project.ts';
import { jan, type ExampleNode } from './testing/example-project.ts';

const SOURCE: ExampleNode = { id: 'source.events' };
const A = 'transform.a';
const B = 'transform.b';
const a = (sql: string, more: Partial<ExampleNode> = {}): ExampleNode => ({
  ...full(A, ['source.events'], sql),
  ...more,
});
const b = (sql: string): ExampleNode => full(B, [A], sql);
const BELOW = b('SELECT sum(x) AS s FROM transform.a');
const BASE = [a('SELECT k, x FROM source.events'), BELOW];

const stateOf = (nodes: readonly ExampleNode[]): StateView =>
  builtState(manifestWith([SOURCE, ...nodes]), { 'source.events': integers('k x y') });

/** The changes of the nodes that differ, as a plan tells them; `impacts` off: nothing was compared. */
async function told(
  before: readonly ExampleNode[] | StateView,
  after: readonly ExampleNode[],
  {
    isCompared = true,
    definitions = {},
  }: { readonly isCompared?: boolean; readonly definitions?: Parameters<typeof manifestWith>[1] } = {},
): Promise<readonly string[]> {
  const state = Array.isArray(before) ? stateOf(before) : (before as StateView);
  const manifest = manifestWith([SOURCE, ...after], definitions);
  const prod = state.environments['prod'] as EnvironmentRecord;
  const { impacts, resolved } = await comparedWith(state, manifest);
  const known = isCompared ? withProofs(state, proofsOf(impacts, resolved, state, 0)) : state;
  const nodes = resolveNodes(manifest, known, prod, jan(5), null);
  const found = changes(nodes, known, prod, isCompared ? impacts : new Map<string, NodeImpact>(), new Map());
  return [...found].flatMap(([id, change]) =>
    change.reason === 'unchanged' ? [] : [`${id.replace('transform.', '')}: ${line(change)}`],
  );
}

const line = ({ kind, category, reason, path }: Change): string =>
  `${category ?? kind}, ${reason}${path.length === 0 ? '' : ` (${path.join(' > ')})`}`;

test.each<[string, readonly ExampleNode[], readonly string[]]>([
  ['nothing', BASE, []],
  ['a new node', [...BASE, full('transform.d', [A], 'SELECT 1 AS one')], ['d: added, new']],
  [
    'the same query written otherwise',
    [a('SELECT e.k, e.x FROM source.events AS e'), BELOW],
    [
      'a: METADATA, its definition is written otherwise; rows and columns stay the same',
      'b: same, nothing that it reads differs',
    ],
  ],
  [
    'a column more',
    [a('SELECT k, x, y FROM source.events'), BELOW],
    [
      'a: NON_BREAKING, Column y is added.',
      'b: same, nothing that it reads of transform.a differs (transform.a)',
    ],
  ],
  [
    'another column',
    [a('SELECT k, y AS x FROM source.events'), BELOW],
    [
      expect.stringMatching(/^a: BREAKING, .*x/) as unknown as string,
      'b: BREAKING, it reads x of transform.a, which changed (transform.a)',
    ],
  ],
  [
    'other rows',
    [a('SELECT k, x FROM source.events WHERE y > 1'), BELOW],
    [
      expect.stringMatching(/^a: BREAKING, /) as unknown as string,
      'b: BREAKING, transform.a may have other rows (transform.a)',
    ],
  ],
])('%s', async (_, after, said) => {
  expect(await told(BASE, after)).toEqual(said);
});

test('more than two edits are counted', async () => {
  const [own] = await told(BASE, [
    a('SELECT k + 1 AS k, y AS x, y + 2 AS z FROM source.events WHERE y > 1 AND x > 1'),
    BELOW,
  ]);
  expect(own).toMatch(/ And \d more\.$/u);
});

test('columns in another order reach whoever counts them', async () => {
  const counting = b('SELECT p FROM transform.a AS q(p)');
  const [, below] = await told(
    [a('SELECT k, x FROM source.events'), counting],
    [a('SELECT x, k FROM source.events'), counting],
  );
  expect(below).toBe('b: BREAKING, the order of columns or rows of transform.a changed (transform.a)');
});

test('what could not be analysed is said', async () => {
  const strange = (sql: string): readonly ExampleNode[] => [
    a(sql),
    b('SELECT mine(x) AS s FROM transform.a'),
  ];
  const [own, below] = await told(
    strange('SELECT k, x FROM source.events'),
    strange('SELECT k, mine(x) AS x FROM source.events'),
  );
  expect(own).toMatch(/It could not be analysed in full: the function mine is not known\.$/u);
  expect(below).toBe('b: BREAKING, transform.a may have other rows (transform.a)');
  const [, reads] = await told(
    strange('SELECT k, x FROM source.events'),
    strange('SELECT k, y AS x FROM source.events'),
  );
  expect(reads).toBe(
    'b: BREAKING, it reads x of transform.a, which changed; the function mine is not known (transform.a)',
  );
});

test('what is no edit of the query is named', async () => {
  const definitions = { [A]: { keys: ['k'] } };
  expect((await told(BASE, BASE, { definitions }))[1]).toBe('a: BREAKING, its keys changed');
  const strange = [a('SELECT mine(k) AS k FROM source.events')];
  expect((await told(strange, strange, { definitions }))[1]).toBe(
    'a: BREAKING, its keys changed. It could not be analysed in full: the function mine is not known.',
  );
});

test('a table of which nothing is remembered is made anew', async () => {
  const { snapshots, ...state } = stateOf(BASE);
  const own = state.environments['prod']?.pointers[A]?.snapshot ?? '';
  const { [own]: _, ...others } = snapshots;
  const lines = await told({ ...state, snapshots: others }, [a('SELECT k FROM source.events'), BELOW]);
  expect(lines[0]).toBe('a: BREAKING, its sql changed');
});

test('a description or owner is metadata', async () => {
  expect(
    await told(BASE, [a('SELECT k, x FROM source.events', { description: 'Events, cleaned.' }), BELOW]),
  ).toEqual(['a: METADATA, only its description, owner, tags or audits changed']);
});

test('without a comparison every change is breaking, and reaches all below', async () => {
  expect(await told(BASE, [a('SELECT k, x, y FROM source.events'), BELOW], { isCompared: false })).toEqual([
    'a: BREAKING, its sql changed',
    'b: BREAKING, it reads transform.a, which changed (transform.a)',
  ]);
});

test('rows that were seen to be others count, whatever the analysis says', async () => {
  const after = [a('SELECT e.k, e.x FROM source.events AS e'), BELOW];
  const state = stateOf(BASE);
  const { resolved } = await comparedWith(state, manifestWith([SOURCE, ...after]));
  const seen = refutation(resolved.get(A)!, { rows: 3, differing: [], isOnlyFloating: false }, 0);
  const lines = await told(withProofs(state, [seen]), after);
  expect(lines[0]).toMatch(/^a: BREAKING, verification found other rows/u);
});
