import { expect, test } from '@jest/globals';
import type { Check, Manifest, ManifestNode } from '@seeknal/manifest';
import { lightParser } from '@seeknal/sql-ast';

import { resolveNodes } from '../resolve.ts';
import { ALL_TIME, type EnvironmentRecord, type StateView } from '../snapshot.ts';
import { builtState, full, integers, planned } from '../testing/built-project.ts';
import { exampleManifest, jan, type ExampleNode } from '../testing/example-project.ts';
import { findReuse } from './find-reuse.ts';
import type { NodeImpact } from './node-impact.ts';
import { proofsOf } from './proofs.ts';
import { reachOf } from './reach.ts';
import { isProved, refutation, refutationOf, settledRefutations } from './refutation.ts';

const parse = await lightParser('duckdb');

const TOP = 'transform.top';
const top = (sql: string): ExampleNode => full(TOP, ['source.events'], sql);

/** A manifest; rules check the columns given. */
function manifestOf(nodes: readonly ExampleNode[], checks: readonly Partial<Check>[] = []): Manifest {
  const manifest = exampleManifest(nodes);
  const withChecks = (node: ManifestNode): ManifestNode =>
    node.spec.kind === 'rule'
      ? { ...node, spec: { ...node.spec, checks: checks as readonly Check[] } }
      : node;
  return {
    ...manifest,
    nodes: Object.fromEntries(Object.entries(manifest.nodes).map(([id, node]) => [id, withChecks(node)])),
  };
}

const built = (manifest: Manifest): StateView => builtState(manifest, { 'source.events': integers('k x y') });

interface Compared {
  readonly impacts: ReadonlyMap<string, NodeImpact>;
  readonly sentences: readonly string[];
  readonly state: StateView;
  readonly manifest: Manifest;
}

async function compared(
  before: readonly ExampleNode[],
  after: readonly ExampleNode[],
  checks: readonly Partial<Check>[] = [],
): Promise<Compared> {
  const state = built(manifestOf(before, checks));
  return comparedWith(state, manifestOf(after, checks));
}

async function comparedWith(state: StateView, manifest: Manifest): Promise<Compared> {
  const prod = state.environments['prod'] as EnvironmentRecord;
  const resolved = resolveNodes(manifest, state, prod, jan(5), null);
  const impacts = await findReuse(resolved, state, prod, (sql) => Promise.resolve(parse(sql)));
  return {
    impacts,
    state,
    manifest,
    sentences: reachOf(TOP, impacts, resolved).map(({ sentence }) => sentence),
  };
}

const SOURCE: ExampleNode = { id: 'source.events' };
const BEFORE = 'SELECT k, x AS amount, y AS other FROM source.events';
const BELOW: readonly ExampleNode[] = [
  full('transform.revenue', [TOP], 'SELECT k, amount * 2 AS revenue, other FROM transform.top'),
  full('transform.star', [TOP], 'SELECT * FROM transform.top'),
  full('transform.large', [TOP], 'SELECT k FROM transform.top WHERE amount > 5'),
  full('transform.others', [TOP], 'SELECT max(other) AS other FROM transform.top'),
  full(
    'transform.best',
    ['transform.revenue'],
    'SELECT max(revenue) AS best, count(*) AS n FROM transform.revenue',
  ),
  { id: 'exposure.board', inputs: ['transform.revenue'] },
];
const ALL = 'transform.large, transform.revenue, ';

test.each([
  // the new query of the top                                          who is reached
  [
    'SELECT k, y AS other FROM source.events',
    [`removes \`amount\`: breaks ${ALL}transform.star.amount, exposure.board, transform.best.best`],
  ],
  [
    'SELECT k, x + 1 AS amount, y AS other FROM source.events',
    [`changes \`amount\`: reaches ${ALL}transform.star.amount, exposure.board, transform.best.best`],
  ],
  ['SELECT k, x AS amount, y AS other, 1 AS one FROM source.events', []],
  ['SELECT k, x AS amount, y AS other FROM source.events WHERE x > 1', []],
  ['SELECT (k) AS k, x AS amount, y AS other FROM source.events AS e', []],
])('%s', async (sql, expected) => {
  const { sentences } = await compared([SOURCE, top(BEFORE), ...BELOW], [SOURCE, top(sql), ...BELOW]);
  expect(sentences).toEqual(
    expected.map((each) => each.replace('transform.revenue, ', 'transform.revenue.revenue, ')),
  );
});

test('what was edited along can do without a column, and is not broken', async () => {
  const mended = full('transform.revenue', [TOP], 'SELECT k, 0 AS revenue, other FROM transform.top');
  const [revenue] = BELOW as [ExampleNode];
  const now = [SOURCE, top('SELECT k, y AS other FROM source.events')];
  const before = [SOURCE, top(BEFORE), revenue];
  expect((await compared(before, [...now, mended])).sentences).toEqual(['removes `amount`: nobody reads it']);
  // An edit that leaves the name in place does not help.
  const other = full('transform.revenue', [TOP], 'SELECT k, amount * 3 AS revenue, other FROM transform.top');
  const { sentences, impacts } = await compared(before, [...now, other]);
  expect(sentences).toEqual(['removes `amount`: breaks transform.revenue.revenue']);
  expect(impacts.get('transform.revenue')?.problems).toEqual(['There is no column amount in reach.']);
});

test('a name that is lost makes nobody a reader of all that is in reach', async () => {
  const [revenue] = BELOW as [ExampleNode];
  const now = top('SELECT k, y + 1 AS other FROM source.events');
  const only = full('transform.revenue', [TOP], 'SELECT amount * 2 AS revenue FROM transform.top');
  expect((await compared([SOURCE, top(BEFORE), only], [SOURCE, now, only])).sentences).toEqual([
    'removes `amount`: breaks transform.revenue.revenue',
    'changes `other`: nobody reads it',
  ]);
  const both = await compared([SOURCE, top(BEFORE), revenue], [SOURCE, now, revenue]);
  expect(both.sentences[1]).toBe(
    'changes `other`: reaches transform.revenue.revenue, transform.revenue.other',
  );
});

test.each([
  [[{ type: 'not_null', columns: ['Amount'] }], true],
  [[{ type: 'range', column: 'amount', min: 0, max: 1 }], true],
  [[{ type: 'sql' }], true],
  [
    [
      { type: 'not_null', columns: ['k'] },
      { type: 'row_count', min: 1, max: null },
    ],
    false,
  ],
] as readonly (readonly [readonly Partial<Check>[], boolean])[])(
  'a rule with %j reads a column: %s',
  async (checks, isReader) => {
    const rule: ExampleNode = { id: 'rule.sane', inputs: [TOP] };
    const now = top('SELECT k, x + 1 AS amount, y AS other FROM source.events');
    const { sentences } = await compared([SOURCE, top(BEFORE), rule], [SOURCE, now, rule], checks);
    expect(sentences).toEqual([
      isReader ? 'changes `amount`: reaches rule.sane' : 'changes `amount`: nobody reads it',
    ]);
  },
);

test('several columns are told together, and outputs have no readers', async () => {
  const { sentences, impacts } = await compared(
    [SOURCE, top(BEFORE)],
    [SOURCE, top('SELECT k FROM source.events')],
  );
  expect(sentences).toEqual(['removes `amount`, `other`: nobody reads them']);
  expect(reachOf('transform.gone', impacts, new Map())).toEqual([]);
});

test('a refuted proof is believed no more, by its node and by those that read it', async () => {
  const before = [SOURCE, top(BEFORE), ...BELOW];
  const after = [SOURCE, top('SELECT k, (x) AS amount, y AS other FROM source.events'), ...BELOW];
  const { impacts, state, manifest } = await compared(before, after);
  const prod = state.environments['prod'] as EnvironmentRecord;
  const resolved = resolveNodes(manifest, state, prod, jan(5), null);
  const proofs = proofsOf(impacts, resolved, state, jan(5));
  const [proof] = proofs as [(typeof proofs)[0]];
  const proved: StateView = { ...state, proofs: { [proof.fingerprint]: proof } };
  const kept = resolveNodes(manifest, proved, prod, jan(5), null).get(TOP);
  expect(kept?.record).not.toBeNull();
  expect(kept !== undefined && isProved(kept, proved)).toBe(true);
  for (const [isOnlyFloating, text] of [
    [false, /^verification found other rows; this is a bug of the analysis, please report it: /u],
    [true, /floating sums/u],
  ] as const) {
    const against = refutation(
      kept as NonNullable<typeof kept>,
      { rows: 3, differing: [ALL_TIME], isOnlyFloating },
      jan(5),
    );
    const refuted: StateView = { ...state, proofs: { [against.fingerprint]: against } };
    expect(refutationOf(against.fingerprint, refuted)).toBe(against);
    expect(kept !== undefined && isProved(kept, refuted)).toBe(false);
    const again = await comparedWith(refuted, manifest);
    expect(again.impacts.get(TOP)).toMatchObject({ isKept: false, refuted: expect.stringMatching(text) });
    expect([...again.impacts.values()].filter(({ isKept }) => isKept)).toEqual([]);
    const verified = { rows: 3, ranges: 1, sampled: false, same: false, differing: [ALL_TIME] };
    const { nodes } = planned(manifest, refuted, {
      impacts: again.impacts,
      verified: new Map([[TOP, verified]]),
    });
    expect(nodes.find(({ node }) => node === TOP)).toMatchObject({
      category: 'BREAKING',
      isNew: true,
      reason: expect.stringMatching(text),
      verified,
    });
    expect(settledRefutations([{ id: against.fingerprint }, { id: 'other' }], refuted)).toEqual([
      against.fingerprint,
    ]);
  }
});
