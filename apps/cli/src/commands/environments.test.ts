import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

const DAILY = 'seeknal/transforms/daily.yml';
const CHANGED = (SHOP[DAILY] as string).replace("day < '{{ end }}'", "day < '{{ end }}' AND amount > 5");

/** A shop that ran, with a filter that only its file has. */
async function changedShop(): Promise<string> {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(join(folder, DAILY), CHANGED);
  return folder;
}

const total = async (folder: string, schema: string): Promise<string> =>
  (await seeknal(folder, ['query', '--csv', `FROM ${schema}.total`])).out.split('\n')[1] ?? '';

test('a plan for a new environment says where it starts from and what changes', async () => {
  expect(await seeknal(await changedShop(), 'plan dev')).toEqual({
    code: 0,
    err: '',
    out: `Plan for shop (dev, new, from prod)
  Range: everything up to 2024-01-04T12:00:00Z (UTC)

  ~ transform.daily [BREAKING - rebuilds downstream]
      Condition amount > 5 of WHERE is added: 3 intervals in 3 tasks
      2024-01-01 to 2024-01-04
          …
          from "source".orders
        - where day >= '{{ start }}' and day < '{{ end }}'
        + where day >= '{{ start }}' and day < '{{ end }}' and amount > 5
          group BY day

  ~ transform.total [BREAKING - through its inputs]
      transform.daily may have other rows: 1 task

  1 node up to date: source.orders

Plan: 0 to add, 2 to change, 0 to remove, 0 to backfill. 4 tasks, 3 intervals.
`,
  });
});

test('apply, promote and roll back, as a user types them', async () => {
  const folder = await changedShop();
  const applied = await seeknal(folder, 'apply dev');
  expect([applied.code, applied.out.split('\n').slice(-3, -1).join('\n')]).toEqual([
    0,
    `  -> look at it: the views of dev are those of prod with __dev, such as transform__dev.…
  -> make it prod's: seeknal promote dev`,
  ]);
  expect([await total(folder, 'transform'), await total(folder, 'transform__dev')]).toEqual(['23', '17']);
  const changes = `  ~ transform.daily  stands for other rows
  ~ transform.total  stands for other rows
`;
  const dry = await seeknal(folder, 'promote dev --dry-run');
  const shown = `Promote dev to prod\n\n${changes}\nPromotion: 0 to add, 2 to change, 0 to remove. 0 tasks.\n`;
  expect(dry).toEqual({ code: 0, err: '', out: shown });
  expect(await total(folder, 'transform')).toBe('23');
  expect(await seeknal(folder, 'promote dev')).toEqual({
    code: 0,
    err: '',
    out: `${shown}OK prod shows what dev shows: 2 views changed, 0 tasks run\n  -> back again: seeknal env rollback prod\n`,
  });
  expect(await total(folder, 'transform')).toBe('17');
  expect((await seeknal(folder, 'promote dev')).out).toBe('prod shows all of dev already.\n');
  expect(await seeknal(folder, 'env rollback')).toEqual({
    code: 0,
    err: '',
    out: `Roll back prod

${changes}
OK prod shows what it showed before: 2 views changed
  -> the project's files still say otherwise: seeknal run applies them again
`,
  });
  expect(await total(folder, 'transform')).toBe('23');
});

test('env list, delete and cleanup', async () => {
  const folder = await changedShop();
  await seeknal(folder, 'plan later');
  await seeknal(folder, 'env apply dev --parallel --ttl 1');
  expect((await seeknal(folder, 'env list')).out)
    .toBe(` environment | status  | nodes | other than prod | created              | changed              | expires
-------------+---------+-------+-----------------+----------------------+----------------------+----------------------
 prod        | applied |     3 |               0 | 2024-01-04T12:00:00Z | 2024-01-04T12:00:00Z | never
 dev         | applied |     3 |               2 | 2024-01-04T12:00:00Z | 2024-01-04T12:00:00Z | 2024-01-04T13:00:00Z
 later       | planned |     0 |               0 | 2024-01-04T12:00:00Z | 2024-01-04T12:00:00Z | 2024-01-11T12:00:00Z
`);
  expect((await seeknal(folder, 'env delete dev')).err).toBe(
    'ERROR The deletion was not confirmed: nothing was changed.\n  -> Say yes, or pass --yes.\n',
  );
  expect((await seeknal(folder, 'env delete later --yes')).code).toBe(0);
  expect((await seeknal(folder, 'env cleanup --dry-run --now 2024-01-04T14:00:00Z --grace 0')).out).toMatch(
    /^OK would remove the environment dev\n(?:OK would remove a table of transform\.\w+ \(\w{12}\)\n){2}1 environment, 2 tables to remove\.\n$/u,
  );
  expect((await seeknal(folder, 'env cleanup --now 2024-01-04T14:00:00Z --grace 0')).out).toMatch(
    /\n1 environment, 2 tables removed\.\n$/u,
  );
  expect((await seeknal(folder, 'env cleanup')).out).toBe('There is nothing to clean up.\n');
  expect(JSON.parse((await seeknal(folder, 'env list --json')).out)).toMatchObject({
    environments: [{ name: 'prod', status: 'applied', expiresAt: null }],
  });
});

test('a prompt is answered with yes or nothing happens', async () => {
  const folder = await changedShop();
  const no = await seeknal(folder, 'apply dev', { answer: 'n' });
  expect([no.code, no.err]).toEqual([
    2,
    'ERROR The plan was not confirmed: nothing was changed.\n  -> Say yes, or pass --yes.\n',
  ]);
  expect(JSON.parse((await seeknal(folder, 'env list --json')).out).environments).toHaveLength(1);
  expect((await seeknal(folder, 'apply dev', { answer: 'y' })).code).toBe(0);
  expect((await seeknal(folder, 'promote dev', { answer: '' })).code).toBe(2);
  expect((await seeknal(folder, 'promote dev --yes', { answer: 'n' })).code).toBe(0);
});

test('a plan in a file is applied as it was shown, or refused as stale', async () => {
  const folder = await changedShop();
  expect((await seeknal(folder, 'plan dev --out plan.json --detailed-exitcode')).code).toBe(2);
  expect((await seeknal(folder, 'apply plan.json --dry-run')).out).toMatch(/4 tasks, 3 intervals\.\n/u);
  await writeFile(join(folder, DAILY), CHANGED.replace('> 5', '> 6'));
  expect(await seeknal(folder, 'apply plan.json')).toMatchObject({
    code: 1,
    err: `ERROR The plan for dev is stale: the definition of transform.daily changed (and of 1 more)
  -> Plan again; or apply with --force, which shows the difference first.
`,
  });
  const forced = await seeknal(folder, 'apply plan.json --force');
  expect([forced.code, forced.err.split('\n').slice(0, 2)]).toEqual([
    0,
    [
      'WARNING The plan is stale: the definition of transform.daily changed (and of 1 more)',
      'It is made anew:',
    ],
  ]);
  const text = await readFile(join(folder, 'plan.json'), 'utf8');
  await writeFile(join(folder, 'plan.json'), text.replace('"dev"', '"prod"'));
  expect((await seeknal(folder, 'apply plan.json')).err).toMatch(
    /^ERROR The plan was changed after it was made/u,
  );
  expect((await seeknal(folder, 'apply none.json')).err).toMatch(/^ERROR There is no plan /u);
  expect((await seeknal(folder, 'apply draft_x.yml')).err).toMatch(/drafts are not part of this version/u);
});

test.each([
  ['promote dev dev', 2, 'dev cannot be promoted to itself'],
  ['promote nowhere', 1, "Environment 'nowhere' not found. Available: dev, prod"],
  ['promote dev Prod', 2, 'The environment Prod differs only in case from prod'],
  ['promote dev ..', 2, 'Not a name of an environment: ".."'],
  ['promote dev --now 2024-02-04', 1, 'The environment dev expired at 2024-01-11T12:00:00.000Z'],
  ['env delete prod --yes', 1, 'The environment prod cannot be deleted'],
  ['env delete ../.. --yes', 2, 'Not a name of an environment: "../.."'],
  ['env rollback dev', 1, 'dev cannot be rolled back: nothing of before its newest change is kept'],
  ['plan DEV', 2, 'The environment DEV differs only in case from dev'],
  ['plan dev --from nowhere2', 0, ''],
  ['plan new1 --from nowhere2', 1, "Environment 'nowhere2' not found. Available: dev, prod"],
  ['plan dev --category daily', 2, '--category takes node=CATEGORY, not "daily"'],
  ['plan dev --category dialy=breaking', 2, 'The project has no node "dialy"'],
  ['plan dev --category daily=metadata', 2, 'METADATA cannot be said of transform.daily'],
  ['plan dev --category orders=non-breaking', 2, 'NON_BREAKING cannot be said of source.orders'],
  ['apply dev --effective-from 2024-01-01', 2, '--effective-from says from when on a change counts'],
  [
    'plan dev --forward-only --effective-from 2030-01-01',
    2,
    '--effective-from 2030-01-01 lies in the future',
  ],
  ['run --env new2 --frozen', 1, "Environment 'new2' not found. Available: dev, prod"],
])('%s ends with %d', async (line, code, said) => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await seeknal(folder, 'run --env dev');
  const ran = await seeknal(folder, line);
  expect([ran.code, ran.err.startsWith(`ERROR ${said}`) || said === '']).toEqual([code, true]);
  expect(await total(folder, 'transform__dev')).toBe('23');
});

test('forward only, what is done stays; a plan in a file holds it, and prod takes it over', async () => {
  const folder = await changedShop();
  const planned = await seeknal(folder, 'plan dev --forward-only --out plan.json');
  expect(planned.out).toMatch(/transform\.daily \[BREAKING - forward only\]/u);
  expect(planned.out).toMatch(/note: forward only: the rows that are done stay as they were made/u);
  expect(planned.out).toMatch(/Plan: 0 to add, 2 to change, 0 to remove, 0 to backfill\. 0 tasks\.\n$/u);
  expect((await seeknal(folder, 'apply plan.json --yes')).code).toBe(0);
  expect(await total(folder, 'transform__dev')).toBe('23');
  expect((await seeknal(folder, 'plan dev')).out).toMatch(/No changes detected/u);
  await seeknal(folder, 'promote dev --yes');
  expect((await seeknal(folder, 'run')).out).toMatch(/No changes detected/u);
  expect(await total(folder, 'transform')).toBe('23');
});

test('from a day on the new definition counts for what is done', async () => {
  const folder = await changedShop();
  const { out } = await seeknal(folder, 'apply dev --yes --forward-only --effective-from 2024-01-03');
  expect(out).toMatch(/transform\.daily .*forward only\]\n.*: 1 interval in 1 task\n/u);
});

test('a category that is said stands in the plan', async () => {
  const folder = await changedShop();
  const { out } = await seeknal(folder, 'plan dev --category daily=non-breaking');
  expect(out).toMatch(/~ transform\.daily \[NON_BREAKING[^\n]*\n[^\n]*Said to be NON_BREAKING/u);
  expect(out).toMatch(/1 to change/u);
});

test('a frozen run keeps to what was applied, whatever the files say now', async () => {
  const folder = await changedShop();
  expect((await seeknal(folder, 'run --frozen')).out).toMatch(/No changes detected/u);
  await seeknal(folder, 'run --frozen --now 2024-01-05T12:00:00Z');
  expect(await total(folder, 'transform')).toBe('23');
});

test('what is restated in dev is copied first; run, plan and apply say it the same way', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const planned = await seeknal(folder, 'plan dev --restate daily --start 2024-01-02 --end 2024-01-02');
  expect(planned.out).toMatch(
    /\* transform\.daily\n {6}restated: 1 interval in 1 task\n {6}2024-01-02 to 2024-01-03\n {6}note: its table is copied first/u,
  );
  const ran = await seeknal(
    folder,
    'run --env dev --restate --node daily --start 2024-01-02 --end 2024-01-02',
  );
  expect(ran.code).toBe(0);
  expect((await seeknal(folder, 'env list --json')).out).toMatch(/"differing": 2/u);
  expect((await seeknal(folder, 'run --env dev --restate')).err).toMatch(
    /^ERROR Outside prod a restatement names its nodes/u,
  );
  expect((await seeknal(folder, 'apply dev --restate daily --skip-backfill')).code).toBe(2);
  expect((await seeknal(folder, 'run')).out).toMatch(/No changes detected/u);
});

test('a query of an environment reads its views, and says when it cannot be sure', async () => {
  const folder = await changedShop();
  await seeknal(folder, 'apply dev');
  const rows = async (...args: string[]): Promise<string> =>
    (await seeknal(folder, ['query', '--csv', ...args])).out;
  const sql = 'SELECT t.amount, (SELECT count(*) FROM transform.daily) AS days FROM transform.total t';
  expect(await rows(sql)).toBe('amount,days\n23,3\n');
  expect(await rows('--env', 'dev', sql)).toBe('amount,days\n17,2\n');
  expect((await seeknal(folder, ['query', '--env', 'nowhere', sql])).err).toMatch(
    /^ERROR Environment 'nowhere' not found/u,
  );
  expect((await seeknal(folder, ['query', '--env', 'dev', 'FROM transform.none'])).code).toBe(1);
  expect(
    (await seeknal(folder, ['query', '--env', 'dev', "FROM query('FROM transform.total')"])).err,
  ).toMatch(/could read prod's rows in dev/u);
});
