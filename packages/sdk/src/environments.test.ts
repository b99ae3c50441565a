import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import type { Project } from './project.ts';
import {
  csv,
  DAILY,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const FILTERED = DAILY.replace("day < '{{ end }}'", "day < '{{ end }}' AND amount > 1");

const tasksOf = ({ job }: { readonly job: { readonly done: readonly { readonly id: string }[] } | null }) =>
  (job?.done ?? []).map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));

test('a filter is changed in dev, planned, applied, promoted; promotion runs nothing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  const plan = await folder.using(morning(5), (project) => project.plan({ environment: 'dev' }));
  expect(plan.summary).toMatchObject({ add: 0, change: 3, remove: 0, tasks: 9 });
  expect(plan.base.environment).toEqual({ name: 'dev', epoch: 0 });
  const applied = await folder.using(morning(5), (project) => project.apply('dev'));
  expect(applied.status).toBe('success');
  expect(tasksOf(applied)).not.toContain('source.sales');
  expect(applied.switched).toHaveLength(4);
  const shown = (schema: string): Promise<readonly string[]> =>
    folder.rows(`SELECT amount FROM ${schema}.daily ORDER BY day`);
  expect(await shown('transform')).toEqual(['1', '2', '4', '8']);
  expect(await shown('transform__dev')).toEqual(['2', '4', '8']);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 22']);
  const promoted = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(promoted.promotion.changes.map(({ node, action }) => `${node} ${action}`)).toEqual([
    'transform.daily change',
    'transform.total change',
    'transform.window change',
  ]);
  expect(promoted.switched).toHaveLength(3);
  expect(await shown('transform')).toEqual(['2', '4', '8']);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
  const runs = await folder.using(morning(5), (project) => project.runs());
  expect(runs).toHaveLength(2);
});

test('a new environment without a change runs nothing and shows what prod shows', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const { status, job, switched } = await folder.run(5, { environment: 'dev' });
  expect([status, job?.done, switched.length]).toEqual(['success', [], 4]);
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 25']);
  expect(await folder.run(5, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
});

test('what prod shows is filled by prod alone; dev waits for it', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({
    'seeknal/transforms/window.yml': (PROJECT['seeknal/transforms/window.yml'] as string).replace(
      'sum(amount)',
      '2 * sum(amount)',
    ),
  });
  const { tasks, plan } = await folder.run(6, { environment: 'dev' });
  expect(tasks.filter((task) => task.startsWith('transform.daily'))).toEqual([]);
  expect(tasks.filter((task) => task.startsWith('transform.window'))).toHaveLength(3);
  const line = plan.nodes.find(({ node }) => node === 'transform.daily');
  expect([line?.action, line?.notes]).toEqual([
    'keep',
    ['behind prod: 2 intervals wait for the next run of prod'],
  ]);
  await folder.write({ 'seeknal/transforms/window.yml': PROJECT['seeknal/transforms/window.yml'] as string });
  await folder.run(6);
  await folder.write({
    'seeknal/transforms/window.yml': (PROJECT['seeknal/transforms/window.yml'] as string).replace(
      'sum(amount)',
      '2 * sum(amount)',
    ),
  });
  const after = await folder.run(6, { environment: 'dev' });
  expect(after.tasks.filter((task) => task.startsWith('transform.window'))).toHaveLength(2);
  expect(await folder.rows('SELECT count(*) FROM transform__dev.window')).toEqual(['5']);
});

test('a promotion is refused when the target moved, and when rows are missing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(4, { environment: 'dev' });
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY.replace('sum(amount)', '3 * sum(amount)') });
  await folder.run(4);
  await expect(
    folder.using(morning(4), (project) => project.environments.promote('dev')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_MOVED',
    message: 'prod moved since dev was last applied: transform.daily, transform.total, transform.window',
  });
  await folder.write({
    'seeknal/transforms/daily.yml': FILTERED,
    'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8], [5, 9]),
  });
  await folder.run(4, { environment: 'dev' });
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY.replace('sum(amount)', '3 * sum(amount)') });
  await folder.run(6);
  await expect(
    folder.using(morning(6), (project) => project.environments.promote('dev')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_GAPS',
  });
});

test('a rollback shows what was shown before, and another one what came after', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(5);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 22']);
  await folder.using(morning(5), (project) => project.environments.rollback());
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
  await folder.using(morning(5), (project) => project.environments.rollback());
  expect(await folder.rows('FROM transform.total')).toEqual(['4 22']);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('an environment expires, is cleaned up, and its tables go after the grace period', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(5, { environment: 'dev' });
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY });
  const list = (day: number) =>
    folder.using(morning(day), (project) => project.environments.listEnvironments());
  expect((await list(5)).map(({ name, isExpired, differing }) => [name, isExpired, differing])).toEqual([
    ['prod', false, 0],
    ['dev', false, 3],
  ]);
  expect((await list(13))[1]).toMatchObject({ name: 'dev', isExpired: true });
  await expect(
    folder.using(morning(13), (project) => project.environments.promote('dev')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_EXPIRED',
  });
  const clean = (day: number, isDryRun: boolean) =>
    folder.using(morning(day), (project) => project.environments.cleanupExpired({ isDryRun }));
  const dry = await clean(13, true);
  expect([dry.environments, dry.tables.length]).toEqual([['dev'], 3]);
  expect(await clean(13, false)).toEqual(dry);
  expect(await clean(13, false)).toEqual({ environments: [], tables: [] });
  expect((await list(13)).map(({ name }) => name)).toEqual(['prod']);
  await expect(folder.rows('FROM transform__dev.total')).rejects.toThrow();
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
});

test('an environment is deleted with its views; prod is not', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.run(5, { environment: 'dev' });
  await folder.using(morning(5), (project) => project.environments.delete('dev'));
  await expect(folder.rows('FROM transform__dev.total')).rejects.toThrow();
  for (const [name, code] of [
    ['prod', 'ENVIRONMENT_PROTECTED'],
    ['dev', 'ENVIRONMENT_UNKNOWN'],
    ['../..', 'ENVIRONMENT_NAME_INVALID'],
  ] as const) {
    await expect(
      folder.using(morning(5), (project) => project.environments.delete(name)),
    ).rejects.toMatchObject({
      code,
    });
  }
  await folder.run(5, { environment: 'dev' });
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 25']);
});

test.each(['..', 'prod;drop', 'a'.repeat(300), '', 'ünder', '1st', 'a b', 'a/b', 'Prod', 'DEV'])(
  'the name %j is refused, and nothing is lost',
  async (name) => {
    const folder = await ProjectFolder.make();
    await folder.run(3);
    await folder.run(3, { environment: 'dev' });
    await expect(folder.run(3, { environment: name })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENVIRONMENT_(?:NAME_INVALID|CASE)$/u) as unknown,
    });
    expect(await folder.run(3, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
  },
);

test('environments that the Python tool left are listed, by UTC, and made anew by an apply', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const of = (name: string): string => `target/environments/${name}`;
  await folder.write({
    [`${of('old')}/env_config.json`]: JSON.stringify({
      name: 'old',
      created_at: '2024-01-01T00:00:00',
      last_accessed: '2024-01-04T00:00:00',
      promoted_from: null,
      ttl_seconds: 172_800,
    }),
    [`${of('old')}/plan.json`]: JSON.stringify({
      env_name: 'old',
      manifest_fingerprint: 'f',
      categorized_changes: { 'transform.daily': 'breaking' },
      added_nodes: [],
      removed_nodes: [],
      created_at: '2024-01-01T00:00:00',
      total_nodes_to_execute: 1,
      profile_path: null,
    }),
    [`${of('old')}/run_state.json`]: JSON.stringify({ applied: true, env_name: 'old' }),
    [`${of('fresh')}/plan.json`]: JSON.stringify({ env_name: 'fresh', created_at: '2024-01-03T00:00:00' }),
    [`${of('a.b')}/env_config.json`]: JSON.stringify({ name: 'a.b', created_at: '2024-01-01T00:00:00' }),
    [`${of('broken')}/plan.json`]: '{"env_name": ',
  });
  const list = (day: number) =>
    folder.using(morning(day), (project) => project.environments.listEnvironments());
  expect(
    (await list(5)).map(({ name, status, ttlHours, isExpired }) => [name, status, ttlHours, isExpired]),
  ).toEqual([
    ['prod', 'applied', null, false],
    ['old', 'applied', 48, false],
    ['fresh', 'planned', null, false],
  ]);
  expect((await list(7))[1]?.isExpired).toBe(true);
  await expect(
    folder.using(morning(5), (project) => project.environments.promote('old')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    hint: 'Make it with: seeknal apply old',
  });
  await folder.run(5, { environment: 'old' });
  expect((await list(5)).find(({ name }) => name === 'old')).toMatchObject({ epoch: 1, status: 'applied' });
  await folder.using(morning(5), (project) => project.environments.delete('fresh'));
  expect((await list(5)).map(({ name }) => name)).toEqual(['prod', 'old']);
});

test('a switch that the state did not hear of is finished, and so is a deletion', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(5, { environment: 'dev' });
  const state = join(folder.path, 'target/state.json');
  /** The state as it was before something was done: what a process leaves that dies before it tells the state. */
  const forgetting = async (use: (project: Project) => Promise<unknown>): Promise<void> => {
    const before = await readFile(state, 'utf8');
    await folder.using(morning(5), use);
    await writeFile(state, before);
    await folder.remove('target/warehouse.json', 'target/state.json.1');
  };
  await forgetting((project) => project.environments.promote('dev'));
  const prod = await folder.using(
    morning(5),
    async (project) => (await project.environments.listEnvironments())[0],
  );
  expect(prod).toMatchObject({ name: 'prod', epoch: 2 });
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
  await forgetting((project) => project.environments.rollback());
  const plan = await folder.using(morning(5), (project) => project.plan());
  expect(plan.summary).toMatchObject({ change: 3, tasks: 0 });
  await forgetting((project) => project.environments.delete('dev'));
  const left = await folder.using(morning(5), (project) => project.environments.listEnvironments());
  expect(left.map(({ name }) => name)).toEqual(['prod']);
});

test('an exposure of dev is a file of its own; after a promotion the next run of prod writes the other', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/exposures/out.yml':
      'kind: exposure\nname: out\ntype: file\nparams: {format: csv, path: target/out.csv}\ndepends_on: [{ref: transform.total}]\n',
  });
  const fileOf = (path: string): Promise<string> => readFile(join(folder.path, path), 'utf8');
  await folder.run(5);
  const first = await fileOf('target/out.csv');
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(5, { environment: 'dev' });
  const own = 'target/environments/dev/exposures/out.csv';
  expect([await fileOf('target/out.csv'), await fileOf(own)]).toEqual([first, 'days,amount\n4,22\n']);
  expect(await folder.run(5, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
  const { promotion } = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(promotion.left).toEqual(['exposure.out']);
  expect(await fileOf('target/out.csv')).toBe(first);
  expect((await folder.run(5)).tasks).toEqual(['exposure.out']);
  expect(await fileOf('target/out.csv')).toBe('days,amount\n4,22\n');
});

test('a view of dev shows the rows of dev, however it names what it reads', async () => {
  const view = (name: string, from: string): string =>
    `kind: transform\nname: ${name}\nmode: view\ninputs: [{ref: transform.daily}]\ntransform: SELECT count(*) AS days FROM ${from}\n`;
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/direct.yml': view('direct', 'transform.daily'),
    'seeknal/transforms/placed.yml': view('placed', 'input_0'),
    'seeknal/transforms/named.yml': view('named', "ref('transform.daily')"),
  });
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  expect(await folder.run(5, { environment: 'dev' })).toMatchObject({ status: 'success' });
  const shown = (schema: string): Promise<readonly string[]> =>
    folder.rows(
      `SELECT d.days, p.days, n.days FROM ${schema}.direct d, ${schema}.placed p, ${schema}.named n`,
    );
  expect([await shown('transform'), await shown('transform__dev')]).toEqual([['4 4 4'], ['3 3 3']]);
  await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(await shown('transform')).toEqual(['3 3 3']);
  await folder.using(morning(5), (project) => project.environments.rollback());
  expect([await shown('transform'), await shown('transform__dev')]).toEqual([['4 4 4'], ['3 3 3']]);
  expect(await folder.run(5, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
});

test('a removed node goes with the change that removed it, and comes back with a rollback', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.remove('seeknal/transforms/total.yml');
  await folder.run(5, { environment: 'dev' });
  await expect(folder.rows('FROM transform__dev.total')).rejects.toThrow();
  const { promotion } = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(promotion.changes).toEqual([{ node: 'transform.total', action: 'remove' }]);
  await expect(folder.rows('FROM transform.total')).rejects.toThrow();
  await folder.using(morning(5), (project) => project.environments.rollback());
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
});

test('a task that fails leaves no environment behind; the next apply does what is left', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const broken = FILTERED.replace(
    'sum(amount)',
    "sum(CASE WHEN day = DATE '2024-01-03' THEN error('no') ELSE amount END)",
  );
  await folder.write({ 'seeknal/transforms/daily.yml': broken });
  const { status, switched } = await folder.run(5, { environment: 'dev' });
  expect([status, switched]).toEqual(['partial', []]);
  const names = async (): Promise<readonly string[]> =>
    folder.using(morning(5), async (project) =>
      (await project.environments.listEnvironments()).map(({ name }) => name),
    );
  expect(await names()).toEqual(['prod']);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  await folder.run(5, { environment: 'dev' });
  expect(await names()).toEqual(['prod', 'dev']);
  await folder.write({ 'seeknal/transforms/daily.yml': broken });
  const second = await folder.run(5, { environment: 'dev' });
  expect(second.tasks).toEqual([]);
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 22']);
});

test('an environment that is looked at lives on; one that expired is renewed by an apply', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.run(5, { environment: 'dev' });
  const expires = (day: number): Promise<unknown> =>
    folder.using(
      morning(day),
      async (project) => (await project.environments.listEnvironments())[1]?.expiresAt,
    );
  expect(await expires(5)).toBe(morning(12));
  await folder.using(morning(8), (project) => project.plan({ environment: 'dev' }));
  expect(await expires(8)).toBe(morning(15));
  await folder.using(morning(9), (project) => project.query('SELECT 1', { environment: 'dev' }));
  expect(await expires(9)).toBe(morning(16));
  await folder.run(5, { environment: 'dev', ttlHours: 24 });
  expect(await expires(9)).toBe(morning(6));
  await folder.using(morning(9), (project) => project.apply('dev'));
  expect(await expires(9)).toBe(morning(16));
  // A new one may start from there instead of from prod.
  const plan = await folder.using(morning(9), (project) =>
    project.environments.plan({ name: 'qa', base: 'dev', ttlHours: 2 }),
  );
  expect([plan.plan.asked['from'], plan.expiresAt]).toEqual(['dev', morning(9) + 2 * 3_600_000]);
});

test('what was not selected is not applied later by a frozen run either, and a part can be promoted', async () => {
  const other = 'kind: transform\nname: other\ntransform: SELECT 1 AS one\n';
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal/transforms/other.yml': other });
  await folder.run(5);
  await folder.write({
    'seeknal/transforms/daily.yml': FILTERED,
    'seeknal/transforms/other.yml': other.replace('1 AS', '2 AS'),
  });
  await folder.run(5, { environment: 'dev', select: ['transform.daily+'] });
  const shown = (schema: string): Promise<readonly string[]> =>
    folder.rows(`SELECT amount, one FROM ${schema}.total, ${schema}.other`);
  expect(await shown('transform__dev')).toEqual(['22 1']);
  expect(await folder.run(5, { environment: 'dev', frozen: true })).toMatchObject({
    status: 'nothing_to_do',
  });
  const { promotion } = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect([promotion.incomplete, promotion.changes.length]).toEqual([[], 3]);
  expect(await shown('transform')).toEqual(['22 1']);
  expect(await folder.run(5, { frozen: true })).toMatchObject({ status: 'nothing_to_do' });
  await folder.run(5, { environment: 'dev' });
  expect(await shown('transform__dev')).toEqual(['22 2']);
  expect(await shown('transform')).toEqual(['22 1']);
});

test('what could not be finished is not promoted', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({
    'seeknal/transforms/daily.yml': FILTERED,
    'seeknal/transforms/more.yml': 'kind: transform\nname: more\ntransform: SELECT 1 AS one\n',
  });
  const { held } = await folder.run(5, { environment: 'dev', skipBackfill: true });
  expect(held.length).toBeGreaterThan(0);
  await expect(
    folder.using(morning(5), (project) => project.environments.promote('dev')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_INCOMPLETE',
    hint: 'Finish it with: seeknal apply dev',
  });
  await folder.run(5, { environment: 'dev' });
  await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(await folder.rows('FROM transform.total')).toEqual(['4 22']);
});
