import { afterEach, expect, test } from '@jest/globals';

import {
  byDay,
  csv,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const DAILY_SQL =
  "SELECT day, sum(amount) AS amount FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}' GROUP BY day";
const DAILY_FILE = 'seeknal/transforms/daily.yml';
const WINDOW_FILE = 'seeknal/transforms/window.yml';

/** The node `daily` of the example project under another name, and what reads it. */
const named = (name: string, more = '', sql = DAILY_SQL): { readonly [path: string]: string } => ({
  [DAILY_FILE]: byDay(name, '{ref: source.sales}', sql, more),
  [WINDOW_FILE]: byDay(
    'window',
    `{ref: transform.${name}, reads: {back: 2}}`,
    `SELECT DATE '{{ start }}' AS day, sum(amount) AS amount, count(*) AS days FROM transform.${name}`,
  ),
});

const ROWS = ['2024-01-01 1', '2024-01-02 2', '2024-01-03 4'];

/** What the views of an environment are called. */
const views = (folder: ProjectFolder, schema = 'transform'): Promise<readonly string[]> =>
  folder.rows(`SELECT view_name FROM duckdb_views() WHERE schema_name = '${schema}' ORDER BY ALL`);

const nodes = (tasks: readonly string[]): readonly string[] =>
  [...new Set(tasks.map((task) => task.split('@')[0] as string))].toSorted();

test('a declared rename moves a node with all that reads it, and runs nothing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums', 'renamed_from: daily'));
  const { plan, tasks, status, switched } = await folder.run(4);
  expect({ tasks, status }).toEqual({ tasks: [], status: 'success' });
  const lines = plan.nodes.map(({ node, action, category, reason }) => [node, action, category, reason]);
  expect(lines).toEqual([
    ['source.sales', 'keep', null, 'up to date'],
    ['transform.sums', 'change', 'METADATA', 'renamed from transform.daily; nothing is rebuilt'],
    ['transform.window', 'keep', null, 'nothing that it reads differs'],
    ['transform.total', 'keep', null, 'nothing that it reads differs'],
  ]);
  expect(plan.nodes[1]).toMatchObject({ renamedFrom: 'transform.daily', tasks: 0 });
  expect(plan.summary).toMatchObject({ add: 0, remove: 0, tasks: 0 });
  expect(switched).toEqual(['transform.daily', 'transform.sums']);
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
  expect(await folder.rows('FROM transform.sums ORDER BY day')).toEqual(ROWS);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  // What it was called is of no use any more, and changes nothing when it goes.
  await folder.write(named('sums'));
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  expect((await folder.run(5)).tasks).toEqual([
    'transform.sums@2024-01-04..2024-01-05',
    'transform.total',
    'transform.window@2024-01-04..2024-01-05',
  ]);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
});

test('without it a node is built under its new name, and the old one goes', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums'));
  const { plan, tasks, status } = await folder.run(4);
  expect({ nodes: nodes(tasks), status }).toEqual({
    nodes: ['transform.sums', 'transform.window'],
    status: 'success',
  });
  expect(plan.nodes.at(-1)).toMatchObject({
    node: 'transform.daily',
    action: 'remove',
    category: 'BREAKING',
  });
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  expect(await folder.rows('FROM transform.total')).toEqual(['3 11']);
});

test('a rename with an edit that means the same runs nothing either', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  const sql = DAILY_SQL.replace('sum(amount)', '(sum(s.amount))').replace(
    'source.sales',
    'source.sales AS s',
  );
  await folder.write(named('sums', 'renamed_from: daily', sql));
  const { plan, tasks } = await folder.run(4);
  expect(tasks).toEqual([]);
  expect(plan.nodes.find(({ node }) => node === 'transform.sums')).toMatchObject({
    category: 'METADATA',
    reason:
      'renamed from transform.daily; its definition is written otherwise; rows and columns stay the same; nothing is rebuilt',
  });
  expect(await folder.rows('FROM transform.sums ORDER BY day')).toEqual(ROWS);
});

test('a rename with a real edit is told as both, and builds what the edit reaches', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(
    named('sums', 'renamed_from: daily', DAILY_SQL.replace('sum(amount)', '10 * sum(amount)')),
  );
  const { plan, tasks } = await folder.run(4);
  expect(nodes(tasks)).toEqual(['transform.sums', 'transform.total', 'transform.window']);
  const [, line] = plan.nodes;
  expect(line).toMatchObject({ node: 'transform.sums', category: 'BREAKING', action: 'change' });
  expect(line?.reason).toMatch(/^renamed from transform\.daily; /u);
  expect(plan.nodes.map(({ action }) => action)).not.toContain('remove');
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
  expect(await folder.rows('FROM transform.total')).toEqual(['3 110']);
});

test('a rename with a new column builds its own table, and its readers keep theirs', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(
    named('sums', 'renamed_from: daily', DAILY_SQL.replace('AS amount', 'AS amount, count(*) AS n')),
  );
  expect(nodes((await folder.run(4)).tasks)).toEqual(['transform.sums']);
  expect(await folder.rows('FROM transform.total')).toEqual(['3 11']);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 20], [3, 4], [4, 8]) });
  const { tasks } = await folder.run(4);
  expect(tasks).toContain('transform.sums@2024-01-02..2024-01-03');
  expect(await folder.rows('FROM transform.total')).toEqual(['3 47']);
});

test('a source under another name is the same file, and a view the same rows', async () => {
  const week = 'kind: transform\nname: week\nmaterialization: {mode: view}\n';
  const end = 'kind: transform\nname: end\n';
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/week.yml': `${week}sql: SELECT sum(amount) AS amount FROM transform.daily\n`,
    'seeknal/end.yml': `${end}sql: SELECT amount + 1 AS amount FROM transform.week\n`,
  });
  await folder.run(4);
  const source = PROJECT['seeknal/sources/sales.yml'] ?? '';
  await folder.write({
    'seeknal/sources/sales.yml': source.replace('name: sales\n', 'name: sold\nrenamed_from: sales\n'),
    [DAILY_FILE]: (PROJECT[DAILY_FILE] ?? '').replaceAll('source.sales', 'source.sold'),
    'seeknal/week.yml': `${week.replace('week', 'weeks')}renamed_from: week\nsql: SELECT sum(amount) AS amount FROM transform.daily\n`,
    'seeknal/end.yml': `${end}sql: SELECT amount + 1 AS amount FROM transform.weeks\n`,
  });
  const { tasks, plan } = await folder.run(4);
  expect(tasks).toEqual(['transform.weeks']);
  const line = plan.nodes.find(({ node }) => node === 'transform.weeks');
  expect(line).toMatchObject({ category: 'METADATA', reason: 'renamed from transform.week' });
  expect(await views(folder)).toEqual(['daily', 'end', 'total', 'weeks', 'window']);
  expect(await views(folder, 'source')).toEqual(['sold']);
  expect(await folder.rows('FROM transform.weeks, transform.end')).toEqual(['7 8']);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 20], [3, 4], [4, 8]) });
  await folder.run(4);
  expect(await folder.rows('FROM transform.weeks, transform.end')).toEqual(['25 26']);
});

test('another environment renames while prod has the old name, until it is promoted', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums', 'renamed_from: daily'));
  const { tasks } = await folder.run(4, { environment: 'dev' });
  expect(tasks).toEqual([]);
  expect(await views(folder, 'transform__dev')).toEqual(['sums', 'total', 'window']);
  expect(await views(folder)).toEqual(['daily', 'total', 'window']);
  expect(await folder.run(4, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
  expect(await folder.run(4, { frozen: true })).toMatchObject({ status: 'nothing_to_do' });
  const { promotion, statements } = await folder.using(morning(4), (project) =>
    project.environments.promote('dev'),
  );
  expect(promotion.changes).toContainEqual({
    node: 'transform.sums',
    action: 'rename',
    renamedFrom: 'transform.daily',
  });
  expect(promotion.changes.map(({ node }) => node)).not.toContain('transform.daily');
  expect(statements).toBeGreaterThan(0);
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
  expect(await folder.rows('FROM transform.sums ORDER BY day')).toEqual(ROWS);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  const back = await folder.using(morning(4), (project) => project.environments.rollback('prod'));
  expect(back.changes).toContainEqual({
    node: 'transform.daily',
    action: 'rename',
    renamedFrom: 'transform.sums',
  });
  expect(await views(folder)).toEqual(['daily', 'total', 'window']);
  expect(await folder.rows('FROM transform.daily ORDER BY day')).toEqual(ROWS);
  // The files still say the new name.
  expect((await folder.run(4)).tasks).toEqual([]);
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
});

test('a promotion tells what a renamed node lacks of what the target shows', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(
    named('sums', 'renamed_from: daily', DAILY_SQL.replace('sum(amount)', '10 * sum(amount)')),
  );
  const range = { start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 4) };
  await folder.run(4, { environment: 'dev', range });
  await expect(
    folder.using(morning(4), (project) => project.environments.promote('dev')),
  ).rejects.toMatchObject({
    code: 'ENVIRONMENT_GAPS',
    message: expect.stringContaining('transform.sums'),
  });
});

test('restating the new name makes the rows anew that were made under the old one', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums', 'renamed_from: daily'));
  await folder.run(4);
  await folder.write(named('sums'));
  const range = { start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) };
  const restate = { nodes: ['transform.sums'], range };
  expect((await folder.run(4, { restate })).tasks).toEqual([
    'transform.sums@2024-01-02..2024-01-03',
    'transform.total',
    'transform.window@2024-01-02..2024-01-03',
    'transform.window@2024-01-03..2024-01-04',
  ]);
  // Told by hand: marked, listed and taken back under the name that it has.
  await folder.using(morning(4), async (project) => {
    await project.restate({ nodes: ['transform.sums'], range, reason: 'why not' });
    expect(await project.restatements()).toMatchObject([
      { node: 'transform.sums', reason: 'why not' },
      { node: 'transform.window' },
      { node: 'transform.total' },
    ]);
    await project.clearRestatements(['transform.sums', 'transform.window', 'transform.total']);
    expect(await project.restatements()).toEqual([]);
  });
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
});

test('a restatement in prod reaches the rows that a renamed and edited node had before', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  const edited = DAILY_SQL.replace('sum(amount)', '10 * sum(amount)');
  await folder.write(named('sums', 'renamed_from: daily', edited));
  await folder.run(4);
  await folder.write(named('sums', '', edited));
  await folder.run(4, {
    restate: {
      nodes: ['transform.sums'],
      range: { start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) },
    },
  });
  await folder.using(morning(4), (project) => project.environments.rollback('prod'));
  expect(await views(folder)).toEqual(['daily', 'total', 'window']);
  expect((await folder.run(4, { frozen: true })).tasks).toContain('transform.daily@2024-01-02..2024-01-03');
});

test('names given one after the other, and an environment that skipped some', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.run(4, { environment: 'dev' });
  await folder.write(named('b', 'renamed_from: daily'));
  expect((await folder.run(4)).tasks).toEqual([]);
  await folder.write(named('c', 'renamed_from: [b, daily]'));
  expect((await folder.run(4)).tasks).toEqual([]);
  const { plan, tasks } = await folder.run(4, { environment: 'dev' });
  expect(tasks).toEqual([]);
  expect(plan.nodes.find(({ node }) => node === 'transform.c')?.renamedFrom).toBe('transform.daily');
  expect(await views(folder)).toEqual(['c', 'total', 'window']);
  expect(await views(folder, 'transform__dev')).toEqual(['c', 'total', 'window']);
  await folder.write(named('c'));
  for (const environment of ['prod', 'dev']) {
    expect(nodes((await folder.run(4, { environment })).tasks)).toEqual([]);
    expect(await folder.run(4, { environment })).toMatchObject({ status: 'nothing_to_do' });
  }
  expect(await folder.rows('FROM transform.c ORDER BY day')).toEqual(ROWS);
});

test('a former name that comes back is a node of its own', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums', 'renamed_from: daily'));
  await folder.run(4);
  await folder.write({ ...named('sums'), 'seeknal/transforms/again.yml': PROJECT[DAILY_FILE] ?? '' });
  const { plan } = await folder.run(4);
  const used = new Set(Object.values(plan.pointers));
  expect(used.size).toBe(Object.keys(plan.pointers).length);
  expect(await views(folder)).toEqual(['daily', 'sums', 'total', 'window']);
  expect(await folder.rows('FROM transform.daily ORDER BY day')).toEqual(ROWS);
  expect(await folder.rows('FROM transform.sums ORDER BY day')).toEqual(ROWS);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  expect((await folder.run(5)).job?.failed).toEqual([]);
  expect(await folder.rows('FROM transform.sums EXCEPT FROM transform.daily')).toEqual([]);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
});

test('where only some nodes are selected the old name stays until all are', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write(named('sums', 'renamed_from: daily'));
  expect((await folder.run(4, { nodes: ['transform.total'] })).tasks).toEqual([]);
  expect(await views(folder)).toEqual(['daily', 'total', 'window']);
  expect((await folder.run(4, { nodes: ['transform.sums'] })).tasks).toEqual([]);
  expect(await views(folder)).toEqual(['daily', 'sums', 'total', 'window']);
  const { plan, tasks } = await folder.run(4);
  expect(tasks).toEqual([]);
  expect(plan.nodes.at(-1)).toMatchObject({
    node: 'transform.daily',
    action: 'remove',
    category: 'METADATA',
    reason: 'its rows are shown as transform.sums',
  });
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
});

test('a new name is not shown before its new audits pass, and the old one stays until then', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  const audits = (most: number): string =>
    `renamed_from: daily\naudits: [{type: row_count, min: 1, max: ${most}}]`;
  await folder.write(named('sums', audits(1)));
  expect(await folder.run(4)).toMatchObject({ status: 'failed' });
  expect(await views(folder)).toEqual(['daily', 'total', 'window']);
  await folder.write(named('sums', audits(9)));
  expect((await folder.run(4)).tasks).toEqual(['transform.sums audits']);
  expect(await views(folder)).toEqual(['sums', 'total', 'window']);
});

test.each([
  ['upsert_by_key', 'mode: upsert_by_key\nunique_keys: [amount]\norder_by: [day]\n'],
  ['append', 'mode: append\n'],
  ['depends on the past', 'time_column: day\ndepends_on_past: true\n'],
])('a table that is filled in order keeps its rows under another name: %s', async (_, manner) => {
  const file = 'seeknal/transforms/kept.yml';
  const text = (name: string, more = ''): string =>
    `kind: transform\nname: ${name}\n${more}schedule: "@daily"\nstart: 2024-01-01\n${manner}inputs: [{ref: source.sales}]\nsql: SELECT day, amount FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}'\n`;
  const reader = (name: string): string =>
    `kind: transform\nname: last\nsql: SELECT max(day) AS day, now() AS at FROM transform.${name}\n`;
  const folder = await ProjectFolder.make({
    ...PROJECT,
    [file]: text('kept'),
    'seeknal/last.yml': reader('kept'),
  });
  await folder.run(4);
  const at = await folder.rows('FROM transform.last');
  await folder.write({ [file]: text('stays', 'renamed_from: kept\n'), 'seeknal/last.yml': reader('stays') });
  expect((await folder.run(4)).tasks).toEqual([]);
  // A query that gives other rows each time reads the same rows under another name: it is not run again.
  expect(await folder.rows('FROM transform.last')).toEqual(at);
  await folder.write({ [file]: text('stays') });
  expect((await folder.run(5)).tasks).toContain('transform.stays@2024-01-04..2024-01-05');
  expect(await folder.rows('SELECT day::DATE, amount FROM transform.stays ORDER BY day')).toEqual([
    ...ROWS,
    '2024-01-04 8',
  ]);
});

test('what the rows of a renamed node look like is known under its new name', async () => {
  const source = (name: string, more = ''): string =>
    `kind: source\nname: ${name}\n${more}source: csv\ntable: data/sales.csv\n`;
  const last = (from: string): string => `kind: transform\nname: last\nsql: SELECT * FROM source.${from}\n`;
  const data = PROJECT['data/sales.csv'] ?? '';
  const folder = await ProjectFolder.make({
    'data/sales.csv': data,
    'seeknal/s.yml': source('sales'),
    'seeknal/last.yml': last('sales'),
  });
  await folder.run(4);
  await folder.write({
    'seeknal/s.yml': source('sold', 'renamed_from: sales\n'),
    'seeknal/last.yml': last('sold'),
  });
  const told = await folder.using(morning(4), (project) => project.diff('prod'));
  expect(told.diff.changes.map(({ node, types }) => `${node} ${types[0]}`)).toContain(
    'source.sold NODE_RENAMED',
  );
  expect(told.diff.getCategorizedChanges().BREAKING).toEqual([]);
  expect((await folder.run(4)).tasks).toEqual([]);
  const lineage = await folder.using(morning(4), (project) => project.lineage());
  expect(lineage.nodes.get('transform.last')?.columns.map(({ name }) => name)).toEqual(['day', 'amount']);
});
