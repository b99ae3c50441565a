import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from '@jest/globals';

import { byDay, csv, ProjectFolder, removeProjectFolders, SOURCE } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

type Files = { readonly [path: string]: string };

/** A table by a query; its inputs under the names that the query uses. */
const table = (name: string, sql: string, inputs: readonly string[] = []): Files => ({
  [`seeknal/${name}.yml`]: [
    'kind: transform',
    `name: ${name}`,
    ...(inputs.length === 0 ? [] : ['inputs:', ...inputs.map((input) => `  ${input}: transform.${input}`)]),
    'transform: |',
    `  ${sql}`,
    '',
  ].join('\n'),
});

const all = (...parts: readonly Files[]): Files => Object.assign({}, ...parts) as Files;

/** Tables built in a second run, and whether every table is then as a build from nothing has it. */
async function changed(
  before: Files,
  after: Files,
  names: readonly string[],
): Promise<{ built: readonly string[]; isStale: boolean }> {
  const folder = await ProjectFolder.make(before);
  expect((await folder.run(4)).status).toBe('success');
  await folder.write(after);
  const { job, status } = await folder.run(4);
  expect(['success', 'nothing_to_do']).toContain(status);
  const fresh = await ProjectFolder.make({ ...before, ...after });
  expect((await fresh.run(4)).status).toBe('success');
  let isStale = false;
  for (const name of names) {
    const sql = `SELECT to_json(x)::VARCHAR AS r FROM transform.${name} AS x ORDER BY ALL`;
    isStale ||= (await folder.rows(sql)).join('\n') !== (await fresh.rows(sql)).join('\n');
  }
  const built = (job?.done ?? [])
    .filter(({ action }) => action === 'build')
    .map(({ node }) => node.replace('transform.', ''));
  return { built: [...new Set(built)].toSorted(), isStale };
}

const T = table('t', 'SELECT * FROM (VALUES (1,1,5,1),(1,2,7,2),(2,2,9,1),(2,2,9,1),(3,1,1,3)) v(a,b,x,g)');
const U = table('u', 'SELECT * FROM (VALUES (1,9,4),(2,2,9),(4,4,4)) v(k2,b,q)');

test.each([
  // What the child does, its query, its inputs beside m; and whether it has to be built again when m gains x.
  [
    'captures the name in a correlated subquery',
    'SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM m WHERE m.k2 = x)',
    ['t'],
    true,
  ],
  ['captures the name of an alias of the child', 'SELECT k2 + 100 AS x, x * 2 AS y FROM m', [], true],
  ['may order by its alias or by the column', 'SELECT k2, -k2 AS x FROM m ORDER BY x LIMIT 2', [], true],
  ['unites by name', 'SELECT * FROM m UNION ALL BY NAME SELECT 1 AS k2, 7 AS x', [], true],
  ['unites by position', 'SELECT k2 FROM m UNION ALL SELECT x FROM t', ['t'], false],
  ['joins naturally', 'SELECT count(*) AS n FROM m NATURAL JOIN t', ['t'], true],
  ['hands on whole rows', 'SELECT to_json(m)::VARCHAR AS h FROM m', [], true],
  [
    'groups by all that a PIVOT leaves',
    'SELECT count(*) AS n FROM (SELECT * FROM m PIVOT (sum(q) FOR b IN (2, 4, 9)))',
    [],
    true,
  ],
  ['counts distinct rows', 'SELECT count(*) AS n FROM (SELECT DISTINCT * FROM m)', [], true],
  ['looks at all columns in a predicate', 'SELECT k2 FROM m WHERE COLUMNS(*) > 0', [], true],
  ['renames columns from the left', 'SELECT p FROM m AS z(o, p)', [], false],
  ['reads one column', 'SELECT sum(q) AS s FROM m', [], false],
  ['counts rows', 'SELECT count(*) AS n FROM m', [], false],
])('m gains a column at its end: a child that %s', async (_, sql, inputs, isBuilt) => {
  const base = all(T, U, table('c', sql, ['m', ...inputs]));
  const { built, isStale } = await changed(
    all(base, table('m', 'SELECT k2, b, q FROM u', ['u'])),
    table('m', 'SELECT k2, b, q, q % 3 AS x FROM u', ['u']),
    ['m', 'c'],
  );
  expect({ built: built.includes('c'), isStale }).toEqual({ built: isBuilt, isStale: false });
});

test('items reordered above a column alias list are other columns there', async () => {
  const { built, isStale } = await changed(
    all(
      U,
      table('m', 'SELECT k2, b FROM u', ['u']),
      table('c', 'SELECT p FROM m AS z(o, p)', ['m']),
      table('d', 'SELECT b FROM m', ['m']),
    ),
    table('m', 'SELECT b, k2 FROM u', ['u']),
    ['m', 'c', 'd'],
  );
  expect({ built, isStale }).toEqual({ built: ['c', 'm'], isStale: false });
});

test('a change of the clock that only one stage shows is a change', async () => {
  const before = 'SELECT k2, {% if run_id %} b {% else %} NULL {% endif %} AS v FROM u';
  const { isStale } = await changed(
    all(U, table('m', before, ['u'])),
    table('m', before.replace(' b ', ' b + 1 '), ['u']),
    ['m'],
  );
  expect(isStale).toBe(false);
});

const DAY =
  "SELECT day, amount, amount * 2 AS twice FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}'";

test.each([
  [
    'the time column',
    byDay('m', '{ref: source.sales}', DAY)
      .replace('time_column: day', 'time_column: other')
      .replace('amount * 2 AS twice', 'day - INTERVAL 0 DAY AS other'),
  ],
  ['what becomes of rows outside', byDay('m', '{ref: source.sales}', DAY, 'out_of_range: drop')],
  ['the schedule', byDay('m', '{ref: source.sales}', DAY).replace('@daily', '0 0 */2 * *')],
  ['how much of its input it reads', byDay('m', '{ref: source.sales, reads: {back: 1}}', DAY)],
])('with the same query, %s is part of what decides the rows', async (_, text) => {
  const files = { 'data/sales.csv': csv([1, 1], [2, 2], [3, 4]), 'seeknal/sales.yml': SOURCE };
  const { built, isStale } = await changed(
    { ...files, 'seeknal/m.yml': byDay('m', '{ref: source.sales}', DAY) },
    { 'seeknal/m.yml': text },
    ['m'],
  );
  expect({ built, isStale }).toEqual({ built: ['m'], isStale: false });
});

test('declared types of a source are a change for who reads the column', async () => {
  const files = { 'data/sales.csv': csv([1, 1], [2, 2]) };
  const child = {
    'seeknal/c.yml':
      'kind: transform\nname: c\ninputs: [{ref: source.sales}]\ntransform: SELECT amount // 2 AS half FROM source.sales\n',
  };
  const { built, isStale } = await changed(
    { ...files, ...child, 'seeknal/sales.yml': SOURCE },
    { 'seeknal/sales.yml': SOURCE.replace('amount: integer', 'amount: double') },
    ['c'],
  );
  expect({ built, isStale }).toEqual({ built: ['c'], isStale: false });
});

const CASES = fileURLToPath(new URL('../../../../shared/cases/stale-data-traps.json', import.meta.url));

interface TrapFile {
  readonly setup: readonly string[];
  readonly cases: readonly {
    readonly id: string;
    readonly old_sql: string;
    readonly new_sql: string;
    readonly child_sql?: string;
    readonly child_same_rows?: boolean;
  }[];
}

if (existsSync(CASES)) {
  const { setup, cases } = JSON.parse(readFileSync(CASES, 'utf8')) as TrapFile;
  const base = all(
    ...setup.map((sql) => {
      const [, name = '', query = ''] = /CREATE TABLE (\w+) AS (.*)/su.exec(sql) ?? [];
      return table(name, query);
    }),
  );
  const named = (sql: string): readonly string[] =>
    [...new Set(sql.match(/\b(?:FROM|JOIN) (t|u|ts|k|m)\b/gu) ?? [])].map(
      (found) => found.split(' ')[1] as string,
    );
  test.each(cases.map((each) => [each.id, each] as const))(
    'the trap %s leaves no stale table',
    async (_, each) => {
      const child = each.child_sql === undefined ? {} : table('c', each.child_sql, named(each.child_sql));
      const { built, isStale } = await changed(
        all(base, child, table('m', each.old_sql, named(each.old_sql))),
        table('m', each.new_sql, named(each.new_sql)),
        each.child_sql === undefined ? ['m'] : ['m', 'c'],
      );
      expect(isStale).toBe(false);
      if (each.child_same_rows === true) expect(built).not.toContain('c');
    },
  );
} else {
  test.skip('the traps of ../shared/cases: the folder is absent', () => {});
}
