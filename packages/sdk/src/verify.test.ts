import { afterEach, expect, test } from '@jest/globals';
import { ANALYSER, type Plan, type Proof, type StateView } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import type { PlanOptions } from './situation.ts';
import { openState, stateSettings } from './state-settings.ts';
import {
  byDay,
  csv,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const WITHIN = "day >= '{{ start }}' AND day < '{{ end }}'";
const DAILY_FILE = 'seeknal/transforms/daily.yml';

const daily = (items: string, more = ''): string =>
  byDay(
    'daily',
    '{ref: source.sales}',
    `SELECT ${items} FROM source.sales WHERE ${WITHIN} GROUP BY day${more}`,
  );

const full = (name: string, input: string, sql: string): string =>
  `kind: transform\nname: ${name}\ninputs: [{ref: ${input}}]\ntransform: ${sql}\n`;

async function planned(folder: ProjectFolder, day: number, options: PlanOptions = {}): Promise<Plan> {
  return folder.using(morning(day), (project) => project.plan(options));
}

/** What a plan says of a node. */
const line = ({ nodes }: Plan, node: string): Plan['nodes'][number] =>
  nodes.find((each) => each.node === node) as Plan['nodes'][number];

/** Opens the state of the project as another program would. */
async function withState<T>(
  folder: ProjectFolder,
  use: (state: ScopedState, view: StateView) => Promise<T>,
): Promise<T> {
  return folder.using(morning(4), async (project) => {
    const { warehouse } = await project.plan();
    const backend = await openState(await stateSettings(project.settings, {}));
    try {
      await backend.initialize();
      const state = backend.scope({ project: project.settings.name, warehouse });
      return await use(state, await state.read());
    } finally {
      await backend.close();
    }
  });
}

/** Says in the state that a node's new definition gives the rows that are there. */
async function plant(folder: ProjectFolder, node: string): Promise<string> {
  const { fingerprint } = await folder.using(morning(4), ({ manifest }) =>
    Promise.resolve(manifest.nodes[node] as { readonly fingerprint: string }),
  );
  return withState(folder, async (state, { environments, snapshots }) => {
    const snapshot = environments['prod']?.pointers[node]?.snapshot ?? '';
    const proof: Proof = {
      fingerprint,
      snapshot,
      from: snapshots[snapshot]?.fingerprint ?? '',
      analyser: ANALYSER,
      reason: 'planted',
      evidence: {},
      madeAt: morning(4),
    };
    await state.addProofs([proof]);
    return fingerprint;
  });
}

const proofOf = (folder: ProjectFolder, fingerprint: string): Promise<Proof | undefined> =>
  withState(folder, (_, { proofs }) => Promise.resolve(proofs[fingerprint]));

test('a proof that holds is confirmed on the rows, interval by interval, and nothing runs', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({
    [DAILY_FILE]: daily('s.day AS day, (sum(s.amount)) AS amount').replace(
      'source.sales WHERE',
      'source.sales AS s WHERE',
    ),
  });
  const plan = await planned(folder, 4, { verify: true });
  const same = { sampled: false, same: true, differing: [] };
  expect(line(plan, 'transform.daily')).toMatchObject({
    category: 'METADATA',
    verified: { rows: 3, ranges: 3, ...same },
  });
  expect(line(plan, 'transform.window').verified).toEqual({ rows: 3, ranges: 3, ...same });
  expect(line(plan, 'transform.total').verified).toEqual({ rows: 1, ranges: 1, ...same });
  expect(plan.tasks).toEqual([]);
  // Without the option nothing is said, and nothing is opened.
  expect(line(await planned(folder, 4), 'transform.daily').verified).toBeNull();
  const { tasks, status, plan: applied } = await folder.run(4, { verify: true });
  expect({ tasks, status }).toEqual({ tasks: [], status: 'success' });
  expect(line(applied, 'transform.daily').verified?.same).toBe(true);
  expect(await folder.run(4, { verify: true })).toMatchObject({ status: 'nothing_to_do' });
});

test('a wrong proof in the state is found, taken back, and its node and what reads it are built', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, sum(amount) * 2 AS amount') });
  const fingerprint = await plant(folder, 'transform.daily');
  // It is believed where nobody looks.
  expect((await planned(folder, 4)).tasks).toEqual([]);
  const plan = await planned(folder, 4, { verify: true });
  expect(line(plan, 'transform.daily')).toMatchObject({
    action: 'change',
    category: 'BREAKING',
    isNew: true,
    reason: expect.stringMatching(
      /^verification found other rows; this is a bug of the analysis, please report it: https:/u,
    ),
    verified: {
      rows: 3,
      ranges: 3,
      sampled: false,
      same: false,
      differing: [{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 4) }],
    },
  });
  expect(line(plan, 'transform.window')).toMatchObject({
    action: 'change',
    reason: 'transform.daily may have other rows',
  });
  expect(plan.proofs).toEqual([]);
  // What is made anew below says nothing of the rows that it had.
  expect(['transform.window', 'transform.total'].map((node) => line(plan, node).verified)).toEqual([
    null,
    null,
  ]);
  expect(await proofOf(folder, fingerprint)).toMatchObject({ analyser: 'refuted' });
  // It stays taken back for those who do not look.
  const { tasks, status } = await folder.run(4);
  expect(status).toBe('success');
  expect(tasks).toHaveLength(7);
  expect(await folder.rows('FROM transform.total')).toEqual(['3 22']);
  expect(await proofOf(folder, fingerprint)).toBeUndefined();
  expect(await folder.run(4, { verify: true })).toMatchObject({ status: 'nothing_to_do' });
});

test('one step plans, finds the wrong proof and runs; a plan that was shown with it is applied with it', async () => {
  for (const isShown of [false, true]) {
    const folder = await ProjectFolder.make();
    await folder.run(4);
    await folder.write({ [DAILY_FILE]: daily('day, max(amount) + 1 AS amount') });
    await plant(folder, 'transform.daily');
    if (isShown) {
      const shown = await planned(folder, 4, { verify: true });
      const { status } = await folder.using(morning(4), (project) => project.apply(shown));
      expect(status).toBe('success');
    } else expect((await folder.run(4, { verify: true })).tasks).toHaveLength(7);
    expect(await folder.rows('FROM transform.total')).toEqual(['3 17']);
  }
});

test('a sample looks at some intervals, says so, and may miss what the whole finds', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({
    [DAILY_FILE]: daily("day, sum(CASE WHEN day = '2024-01-02' THEN 0 ELSE amount END) AS amount"),
  });
  const fingerprint = await plant(folder, 'transform.daily');
  const sampled = await planned(folder, 5, { verify: { sample: 1 } });
  expect(line(sampled, 'transform.daily').verified).toEqual({
    rows: 1,
    ranges: 1,
    sampled: true,
    same: true,
    differing: [],
  });
  expect(await proofOf(folder, fingerprint)).toMatchObject({ reason: 'planted' });
  const whole = await planned(folder, 5, { verify: true });
  expect(line(whole, 'transform.daily').verified).toMatchObject({
    ranges: 4,
    same: false,
    differing: [{ start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) }],
  });
});

test('of a table without intervals a sample compares some rows', async () => {
  const many = (sql: string): string => `kind: transform\nname: many\ntransform: ${sql}\n`;
  const folder = await ProjectFolder.make({
    'seeknal/many.yml': many('SELECT range AS id, range % 7 AS rest FROM range(5000)'),
  });
  await folder.run(4);
  await folder.write({
    'seeknal/many.yml': many('SELECT r.range AS id, (r.range % 7) AS rest FROM range(5000) AS r'),
  });
  await plant(folder, 'transform.many');
  const found = line(await planned(folder, 4, { verify: { sample: 500 } }), 'transform.many').verified;
  expect(found).toMatchObject({ ranges: 1, sampled: true, same: true });
  expect(found?.rows).toBeGreaterThan(200);
  expect(found?.rows).toBeLessThan(1000);
  await folder.write({
    'seeknal/many.yml': many('SELECT r.range AS id, (r.range % 8) AS rest FROM range(5000) AS r'),
  });
  await plant(folder, 'transform.many');
  expect(line(await planned(folder, 4, { verify: { sample: 500 } }), 'transform.many').verified?.same).toBe(
    false,
  );
});

test('below a table that is made anew the comparison is left to the moment when it is there', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales') });
  const plan = await planned(folder, 4, { verify: true });
  expect(line(plan, 'transform.window')).toMatchObject({
    action: 'keep',
    verified: null,
    notes: ['transform.daily gets other rows first: what is read of it is compared when it has them'],
  });
  // What reads the kept table over what it was made from is compared now.
  expect(line(plan, 'transform.total').verified).toMatchObject({ same: true });
});

test('a query whose rows are not the same each time is built anew, and nobody is blamed', async () => {
  const shaky = (sql: string): string => full('shaky', 'source.sales', sql);
  const floats = {
    'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8]),
    'seeknal/sources/sales.yml': PROJECT['seeknal/sources/sales.yml'] as string,
  };
  const folder = await ProjectFolder.make({
    ...floats,
    'seeknal/shaky.yml': shaky('SELECT amount FROM source.sales ORDER BY day LIMIT 1'),
  });
  await folder.run(4);
  await folder.write({
    'seeknal/shaky.yml': shaky('SELECT amount FROM source.sales ORDER BY day DESC LIMIT 1'),
  });
  await plant(folder, 'transform.shaky');
  expect(line(await planned(folder, 4, { verify: true }), 'transform.shaky').reason).toBe(
    'verification found other rows: which of the rows with equal keys a LIMIT keeps is left to the engine, so it is built anew',
  );
  await folder.write({
    'seeknal/shaky.yml': shaky('SELECT sum(amount * 0.1::DOUBLE) AS amount, 1 AS one FROM source.sales'),
  });
  await folder.run(4);
  await folder.write({
    'seeknal/shaky.yml': shaky(
      'SELECT sum(amount * 0.1::DOUBLE) + 0.000001 AS amount, 1 AS one FROM source.sales',
    ),
  });
  await plant(folder, 'transform.shaky');
  expect(line(await planned(folder, 4, { verify: true }), 'transform.shaky').reason).toContain(
    'floating sums differ',
  );
});

test('intervals that somebody only said are done, and files that moved, are not compared', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(2);
  const range = { start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) };
  await folder.using(morning(4), (project) => project.complete({ nodes: ['transform.daily'], range }));
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, (sum(amount)) AS amount') });
  await plant(folder, 'transform.daily');
  expect(line(await planned(folder, 4, { verify: true }), 'transform.daily').verified).toMatchObject({
    ranges: 2,
    same: true,
  });
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 20], [3, 4]) });
  expect(line(await planned(folder, 4, { verify: true }), 'transform.daily')).toMatchObject({
    verified: null,
    notes: ['source.sales gets other rows first: what is read of it is compared when it has them'],
  });
});

test('intervals that are to stay as they are over a file that changed are not compared', async () => {
  const rates = 'kind: source\nname: rates\nsource: csv\ntable: data/rates.csv\ncolumns: {rate: integer}\n';
  const rated = (items: string): string =>
    byDay(
      'rated',
      '{ref: source.sales}, {ref: source.rates}',
      `SELECT ${items} FROM source.sales, source.rates WHERE ${WITHIN} GROUP BY day`,
    );
  const folder = await ProjectFolder.make({
    'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8]),
    'seeknal/sources/sales.yml': PROJECT['seeknal/sources/sales.yml'] as string,
    'seeknal/sources/rates.yml': rates,
    'data/rates.csv': 'rate\n1\n',
    'seeknal/transforms/rated.yml': rated('day, sum(amount * rate) AS amount'),
  });
  await folder.run(4);
  await folder.write({ 'data/rates.csv': 'rate\n5\n' });
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/rated.yml': rated('day, (sum(amount * rate)) AS amount') });
  expect(line(await planned(folder, 5, { verify: true }), 'transform.rated')).toMatchObject({
    verified: { rows: 1, ranges: 1, same: true },
    notes: ['intervals kept over older rows (on_change: keep) are not compared'],
  });
});

test('a query that cannot be run is told of, and blames nobody', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily("day, sum(amount) + error('no')::INTEGER AS amount") });
  await plant(folder, 'transform.daily');
  const { verified, notes } = line(await planned(folder, 4, { verify: true }), 'transform.daily');
  expect(verified).toBeNull();
  expect(notes).toEqual([expect.stringMatching(/^its query could not be run to be compared: .*no/u)]);
});
