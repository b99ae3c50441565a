import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { folderWith, seeknal, SHOP, shop } from '../in-process.test.kit.ts';

const pair = (old: string, now: string, rest: { readonly [path: string]: string } = {}): Promise<string> =>
  folderWith({ 'a.sql': old, 'b.sql': now, ...rest });

const OLD = 'SELECT id,\n  amount\nFROM orders\nWHERE amount > 0\n';

test('two files are compared without a project', async () => {
  const folder = await pair(
    OLD,
    OLD.replace('amount\nF', 'amount,\n  amount * 2 AS twice\nF').replace('> 0', '> 1'),
  );
  expect(await seeknal(folder, 'diff --old a.sql --new b.sql')).toEqual({
    code: 0,
    out: `BREAKING  There may be other rows. Condition amount > 0 of WHERE becomes amount > 1.

+ Column twice is added.
~ Condition amount > 0 of WHERE becomes amount > 1.

  SELECT id,
-   amount
+   amount,
+   amount * 2 AS twice
  FROM orders
- WHERE amount > 0
+ WHERE amount > 1
`,
    err: '',
  });
});

test.each([
  ['EQUAL', 'select id, amount from orders where (amount > 0);', 'EQUAL  The two are the same query.\n'],
  [
    'METADATA',
    OLD.replace('amount\n', 'amount -- in euros\n'),
    'METADATA  Only comments differ.\n\n  SELECT id,\n-   amount\n+   amount -- in euros\n  FROM orders\n  WHERE amount > 0\n',
  ],
  [
    'NON_BREAKING',
    OLD.replace('id,', 'id, id + 1 AS next,'),
    'NON_BREAKING  Only column next is new; rows and other columns stay as they are.\n\n+ Column next is added.\n\n- SELECT id,\n+ SELECT id, id + 1 AS next,\n    amount\n  FROM orders\n  WHERE amount > 0\n',
  ],
])('%s is said of two files', async (_, now, out) => {
  const folder = await pair(OLD, now);
  expect(await seeknal(folder, 'diff --old a.sql --new b.sql')).toEqual({ code: 0, out, err: '' });
});

test.each(['duckdb', 'node-sql-parser'])(
  'the JSON of %s has what was promised, and nothing else',
  async (parser) => {
    const folder = await pair('SELECT * FROM t', 'SELECT a, b, b + 1 AS c FROM t', {
      'schema.json': '{"t": {"a": "INTEGER", "b": "INTEGER"}}',
    });
    const line = `diff --old a.sql --new b.sql --schema schema.json --json --parser ${parser}`;
    const { code, out, err } = await seeknal(folder, line);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      category: 'NON_BREAKING',
      impact: { rows: false, changed: [], added: ['c'], removed: [], shape: false },
      edits: expect.arrayContaining([
        expect.objectContaining({ kind: 'INSERT', sentence: 'Column c is added.' }),
      ]),
      reason: 'Only column c is new; rows and other columns stay as they are.',
    });
  },
);

test('colours follow the terminal', async () => {
  const folder = await pair('SELECT a FROM t', 'SELECT b FROM t');
  const { out } = await seeknal(folder, 'diff --old a.sql --new b.sql', { env: { FORCE_COLOR: '1' } });
  expect(out).toContain('\u001B[31m- SELECT a FROM t\u001B[39m');
  expect(out).toContain('\u001B[32m+ SELECT b FROM t\u001B[39m');
});

test('the dialect of PostgreSQL is read by node-sql-parser', async () => {
  const folder = await pair('SELECT "A" FROM t', 'SELECT A FROM t');
  const { out } = await seeknal(folder, 'diff --old a.sql --new b.sql --dialect postgres');
  expect(out).toContain('BREAKING');
});

test.each([
  ['diff --old a.sql', 2, 'There is nothing to compare with: --new is missing.'],
  ['diff --new a.sql', 2, 'There is nothing to compare with: --old is missing.'],
  ['diff prod --old a.sql --new b.sql', 2, '"prod" is an environment, and --old and --new are files.'],
  ['diff --schema schema.json', 2, '--schema belongs to two files with SQL.'],
  ['diff --old a.sql --new nowhere.sql', 2, 'There is no file nowhere.sql.'],
  ['diff --old a.sql --new .', 2, 'The file . cannot be read (EISDIR).'],
  ['diff --old a.sql --new b.sql --schema nowhere.json', 2, 'There is no file nowhere.json.'],
  ['diff --old a.sql --new b.sql --schema a.sql', 2, 'a.sql does not describe tables: it is not JSON:'],
  [
    'diff --old a.sql --new b.sql --schema list.json',
    2,
    'list.json does not describe tables: it is not an object of tables.',
  ],
  [
    'diff --old a.sql --new b.sql --schema flat.json',
    2,
    'flat.json does not describe tables: table a is not an object of columns.',
  ],
  [
    'diff --old a.sql --new b.sql --schema deep.json',
    2,
    'deep.json does not describe tables: the type of a.b is not a text.',
  ],
  ['diff --old a.sql --new b.sql --dialect oracle', 2, 'Allowed choices are duckdb, postgres, generic.'],
  ['diff --old a.sql --new b.sql --parser sqlglot', 2, 'Allowed choices are duckdb, node-sql-parser.'],
  [
    'diff --old a.sql --new b.sql --parser duckdb --dialect postgres',
    2,
    'DuckDB does not read the dialect postgres.',
  ],
  ['diff --old a.sql --new empty.sql', 1, 'The text holds no statement.'],
  ['diff --old a.sql --new two.sql', 1, 'The text holds 2 statements, not one query.'],
  ['diff --old a.sql --new broken.sql', 1, 'The SQL cannot be read at character 15'],
])('%s ends with %i', async (line, code, message) => {
  const folder = await pair('SELECT a FROM t', 'SELECT b FROM t', {
    'empty.sql': '-- nothing',
    'two.sql': 'SELECT 1; SELECT 2',
    'broken.sql': 'SELECT a FORM t WHERE',
    'list.json': '[]',
    'flat.json': '{"a": "INTEGER"}',
    'deep.json': '{"a": {"b": 1}}',
    'schema.json': '{}',
  });
  const ran = await seeknal(folder, line);
  expect(ran.err).toContain(message);
  expect(ran.code).toBe(code);
});

const daily = (from: string, to: string): string => SHOP['seeknal/transforms/daily.yml']!.replace(from, to);

test('the project is compared with what prod holds', async () => {
  const folder = await shop();
  expect((await seeknal(folder, 'diff')).out).toContain(
    '+ transform.total  NON_BREAKING  The node is new.\n',
  );
  await seeknal(folder, 'run');
  expect(await seeknal(folder, 'diff')).toEqual({
    code: 0,
    out: 'No changes: prod holds what the files say.\n',
    err: '',
  });
  await writeFile(
    join(folder, 'seeknal/transforms/daily.yml'),
    daily('AS amount FROM', 'AS amount, count(*) AS orders FROM'),
  );
  expect((await seeknal(folder, 'diff prod')).out)
    .toBe(`~ transform.daily  NON_BREAKING  Only column orders is new; rows and other columns stay as they are.
    + Column orders is added.

      select day,
    -   sum(amount)::INTEGER as amount
    +   sum(amount)::INTEGER as amount,
    +   count(*) as orders
      from "source".orders
      where day >= '{{ start }}' and day < '{{ end }}'
      group BY day

Changes since prod: 0 breaking, 1 non-breaking, 0 metadata, 1 to rebuild.
`);
  expect(JSON.parse((await seeknal(folder, 'diff --json')).out)).toMatchObject({
    environment: 'prod',
    changes: [{ node: 'transform.daily', category: 'NON_BREAKING', types: ['COLUMN_ADDED'] }],
    sql: [
      {
        node: 'transform.daily',
        classification: { category: 'NON_BREAKING', impact: { added: ['orders'] } },
      },
    ],
    rebuild: { 'transform.daily': 'NON_BREAKING' },
  });
});

test('metadata, settings and nodes that went are told apart', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(join(folder, 'seeknal/transforms/daily.yml'), daily('Turnover', 'The turnover'));
  await writeFile(
    join(folder, 'seeknal/transforms/total.yml'),
    'kind: transform\nname: sum\ntransform: SELECT 1 AS one\n',
  );
  const { out } = await seeknal(folder, 'diff');
  expect(out).toContain(
    '~ transform.daily  METADATA  Only what does not decide rows changed.\n    ~ Its description changed.\n',
  );
  expect(out).toContain('- transform.total  BREAKING  The node is gone.\n');
  expect(out).toContain('+ transform.sum  NON_BREAKING  The node is new.\n');
  expect(out).toContain('Changes since prod: 1 breaking, 1 non-breaking, 1 metadata, 1 to rebuild.\n');
  await writeFile(
    join(folder, 'seeknal/transforms/daily.yml'),
    daily('schedule: "@daily"', 'schedule: "@weekly"'),
  );
  expect((await seeknal(folder, 'diff')).out).toContain(
    '~ transform.daily  BREAKING  Its schedule changed.\n',
  );
});

test('an environment that is not there is named', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  expect(await seeknal(folder, 'diff dev')).toMatchObject({
    code: 1,
    err: expect.stringContaining("'dev' not found"),
  });
});

test('a column that goes away is told with those that still read it', async () => {
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  const folder = await shop({
    'seeknal/exposures/board.yml':
      'kind: exposure\nname: board\ntype: file\nparams: { path: target/board.csv }\ninputs: [{ ref: transform.total }]\n',
  });
  await seeknal(folder, 'run');
  const path = join(folder, 'seeknal/transforms/daily.yml');
  await writeFile(path, daily.replace('AS amount', 'AS turnover'));
  const { out } = await seeknal(folder, 'diff');
  expect(out).toContain('    WARNING removes `amount`: breaks transform.total.amount, exposure.board\n');
  const { removals } = JSON.parse((await seeknal(folder, 'diff --json')).out) as { removals: unknown };
  expect(removals).toEqual([
    {
      node: 'transform.daily',
      columns: ['amount'],
      breaks: ['transform.total.amount', 'exposure.board'],
      text: 'removes `amount`: breaks transform.total.amount, exposure.board',
    },
  ]);
  // Who is changed along with it reads it no more.
  const total = SHOP['seeknal/transforms/total.yml'] as string;
  await writeFile(
    join(folder, 'seeknal/transforms/total.yml'),
    total.replace('sum(amount)', 'sum(turnover)'),
  );
  expect((await seeknal(folder, 'diff')).out).not.toContain('removes');
});
