import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';

import { emptyFolder, seeknal, SHOP, shop } from '../in-process.test.kit.ts';

const DAILY = SHOP['seeknal/transforms/daily.yml'] as string;

/** A shop whose `dev` leaves small orders out, and has a column more in the total. */
async function twoEnvironments(): Promise<string> {
  const folder = await shop({
    'seeknal/transforms/same.yml':
      'kind: transform\nname: same\ninputs: [{ ref: source.orders }]\ntransform: SELECT count(*) AS n FROM input_0\n',
  });
  await seeknal(folder, 'run');
  await writeFile(
    join(folder, 'seeknal/transforms/daily.yml'),
    DAILY.replace('AND day <', 'AND amount > 5 AND day <'),
  );
  await writeFile(
    join(folder, 'seeknal/transforms/total.yml'),
    (SHOP['seeknal/transforms/total.yml'] as string).replace(' FROM', ', count(*) AS days FROM'),
  );
  expect((await seeknal(folder, 'apply dev --yes')).code).toBe(0);
  return folder;
}

const BY_KEY = `~ transform.daily  dev and prod differ

  rows in dev      2
  rows in prod     3
  only in dev      0
  only in prod     1
  changed, by day  1

 column | dev     | prod    | values that differ
--------+---------+---------+--------------------
 day    | DATE    | DATE    |                key
 amount | INTEGER | INTEGER |                  1

Only in prod:
 day        | amount
------------+--------
 2024-01-03 | 1

Changed:
 day        | amount in dev | in prod
------------+---------------+---------
 2024-01-01 | 10            | 15
`;

const AS_WHOLES = `~ transform.daily  prod and dev differ

  rows in prod  3
  rows in dev   2
  only in prod  2
  only in dev   1
  -> to see which rows changed, name the columns that tell them apart: --key

 column | prod    | dev     | values only in prod
--------+---------+---------+---------------------
 day    | DATE    | DATE    |                   1
 amount | INTEGER | INTEGER |                   2

Only in prod, 1 of 2:
 day        | amount
------------+--------
 2024-01-01 | 15

Only in dev:
 day        | amount
------------+--------
 2024-01-01 | 10
`;

const ALL = ` node            | rows   | rows in dev | rows in prod | only in dev | only in prod | changed | columns that differ
-----------------+--------+-------------+--------------+-------------+--------------+---------+---------------------
 transform.daily | differ |           2 |            3 |           1 |            2 |         | amount
 transform.total | differ |           1 |            1 |           1 |            1 |         | amount, days

2 nodes with another table in dev than in prod; rows or columns differ in 2.
  -> one in full, with examples: seeknal diff --data dev prod transform.daily
`;

test('the rows of two environments are compared, of one node or of all that differ', async () => {
  const folder = await twoEnvironments();
  const out = async (line: string): Promise<string> => {
    const ran = await seeknal(folder, `diff --data ${line}`);
    expect([ran.code, ran.err]).toEqual([0, '']);
    return ran.out;
  };
  expect(await out('dev prod daily --key day')).toBe(BY_KEY);
  expect(await out('prod dev transform.daily --limit 1')).toBe(AS_WHOLES);
  expect(await out('dev prod')).toBe(ALL);
  expect(await out('dev')).toBe(ALL);
  expect(await out('dev prod same')).toBe('OK transform.same: dev and prod show the same table.\n');
  expect(await out('dev dev')).toBe('OK dev and dev show the same tables.\n');
});

test('a column that only one has is told; without examples there are none', async () => {
  const folder = await twoEnvironments();
  const { out } = await seeknal(folder, 'diff --data dev prod total --limit 0');
  expect(out).toContain(' days   | BIGINT  | -       |');
  expect(out).not.toContain('Only in');
});

test('tables made anew with the same rows, and nodes that only one shows', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(
    join(folder, 'seeknal/transforms/total.yml'),
    (SHOP['seeknal/transforms/total.yml'] as string).replace('sum(amount)', '(sum(2 * amount) / 2)'),
  );
  await writeFile(
    join(folder, 'seeknal/transforms/more.yml'),
    'kind: transform\nname: more\ntransform: SELECT 1 AS one\n',
  );
  await seeknal(folder, 'apply dev --yes');
  expect(await seeknal(folder, 'diff --data dev prod total --detailed-exitcode')).toEqual({
    code: 0,
    out: 'OK transform.total: two tables with the same 1 row and columns.\n',
    err: '',
  });
  const { out } = await seeknal(folder, 'diff --data dev prod');
  expect(out).toContain(' transform.more  | only in dev |');
  expect(out).toContain(' transform.total | same        |');
  expect(out).toContain('rows or columns differ in 1.\n');
  expect((await seeknal(folder, 'diff --data prod dev')).out).toContain(' transform.more  | only in dev |');
});

test('the document is as its schema says, and the exit code says whether rows differ', async () => {
  const folder = await twoEnvironments();
  const { out: schema } = await seeknal(await emptyFolder(), 'schema data-diff');
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(schema) as object);
  for (const [line, code] of [
    ['dev prod', 2],
    ['dev prod daily --key day', 2],
    ['dev prod daily', 2],
    ['dev prod same', 0],
    ['prod prod', 0],
  ] as const) {
    const ran = await seeknal(folder, `diff --data ${line} --json --detailed-exitcode`);
    const document = JSON.parse(ran.out) as { readonly differs: boolean };
    expect([validate(document), validate.errors, ran.code]).toEqual([true, null, code]);
    expect(document.differs).toBe(code === 2);
  }
  expect(validate({ a: 'dev', b: 'prod', differs: false })).toBe(false);
});

/** Nothing is changed by what is refused. */
let refusing: Promise<string> | undefined;

test.each([
  ['--data', 2, 'There is nothing to compare: --data needs an environment.'],
  ['--data dev prod dialy', 2, 'Neither environment shows a node "dialy"\n  -> Did you mean daily?'],
  ['--data dve prod', 1, "Environment 'dve' not found. Available: dev, prod"],
  ['--data dev transform.daily', 2, 'Not a name of an environment: "transform.daily"'],
  ['--data Dev prod', 2, 'The environment Dev differs only in case from dev'],
  ['--data dev prod daily --key dya', 1, 'has no column dya'],
  ['--data dev prod daily --key dya --detailed-exitcode', 1, 'Did you mean day?'],
  ['--data dev prod daily more', 2, "Too many arguments for 'diff'"],
  ['--data dev --old a.sql', 2, '--old belongs to two files with SQL.'],
  ['dev prod', 2, 'To compare the rows of two environments: seeknal diff --data dev prod'],
  ['dev --key day', 2, '--key belongs to the rows of two environments.'],
  ['dev --detailed-exitcode', 1, '--detailed-exitcode belongs to the rows of two environments.'],
])('diff %s ends with %i', async (line, code, message) => {
  refusing ??= twoEnvironments();
  const ran = await seeknal(await refusing, `diff ${line}`);
  expect(ran.err).toContain(message);
  expect(ran.code).toBe(code);
});
