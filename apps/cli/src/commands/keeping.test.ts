import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { emptyFolder, seeknal, shop } from '../in-process.test.kit.ts';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

test('the example of init runs green, has nothing to do afterwards, and is what it says', async () => {
  const place = await emptyFolder();
  const init = await seeknal(place, ['init', 'shop', '--description', 'What we "know"']);
  expect(init).toMatchObject({ code: 0, err: '' });
  const folder = join(place, 'shop');
  expect(init.out).toContain(`OK Project shop in ${folder}\n  + README.md\n`);
  expect(init.out).toMatch(/\nNext: cd shop && seeknal run\n$/u);
  expect(await readFile(join(folder, 'seeknal_project.yml'), 'utf8')).toMatch(
    /^name: shop\ndescription: "What we \\"know\\""\n/u,
  );
  expect(await readFile(join(folder, '.gitignore'), 'utf8')).toContain('target/');
  expect((await seeknal(folder, 'validate')).out).toBe('OK shop: 6 nodes, 5 edges, nothing wrong\n');
  expect(await seeknal(folder, 'run')).toMatchObject({ code: 0 });
  expect((await seeknal(folder, 'run')).out).toMatch(/No changes detected\. Nothing to run\.\n$/u);
  expect(
    (await seeknal(folder, ['query', '--csv', 'SELECT count(*) AS n FROM transform.weekly_window'])).out,
  ).toBe('n\n1461\n');
  const months = await readFile(join(folder, 'target/exports/monthly.csv'), 'utf8');
  expect(months.trimEnd().split('\n')).toHaveLength(49);
});

test('init refuses a project that is there, and with --force keeps what differs', async () => {
  const folder = await shop({ 'README.md': 'Mine.\n' });
  expect(await seeknal(folder, 'init')).toEqual({
    code: 1,
    out: '',
    err:
      `ERROR There is a project in ${folder} already.\n` +
      '  -> Choose another folder, or overwrite its example files with --force (what differs is kept as .bak).\n',
  });
  const { code, out } = await seeknal(folder, 'init --force --name other --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ folder, name: 'other', kept: [] });
  expect(await readFile(join(folder, 'README.md.bak'), 'utf8')).toBe('Mine.\n');
  expect(await readFile(join(folder, 'seeknal_project.yml.bak'), 'utf8')).toBe('name: shop\n');
});

test('init leaves files alone that are there before', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'README.md'), 'Mine.\n');
  const { out } = await seeknal(folder, 'init --name shop');
  expect(out).toContain('  = README.md was there and is left as it is\n');
  expect(out).toMatch(/\nNext: seeknal run\n$/u);
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('Mine.\n');
});

test('init refuses a name that cannot be one', async () => {
  const { code, err } = await seeknal(await emptyFolder(), ['init', '--name', '../x']);
  expect(code).toBe(2);
  expect(err).toMatch(/^ERROR "\.\.\/x" cannot be the name of a project\.\n {2}-> Call it /u);
});

test('clean removes caches and logs, and nothing that cannot be made again at once', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await mkdir(join(folder, 'target/logs'), { recursive: true });
  expect((await seeknal(folder, 'clean')).out).toBe('OK removed target/cache\nOK removed target/logs\n');
  expect((await seeknal(folder, 'clean')).out).toBe('There is nothing to remove.\n');
  expect((await seeknal(folder, 'run')).out).toContain('Nothing to run.');
});

test.each([
  // answer       flags             code  removed
  [undefined, 'clean --all', 2, false],
  ['no', 'clean --all', 2, false],
  ['y', 'clean --all', 0, true],
  [undefined, 'clean --all --yes', 0, true],
])('asked with %s, %s ends with %d', async (answer, line, code, isRemoved) => {
  const folder = await shop({ 'seeknal_project.yml': 'name: shop\nwarehouse: data/shop.duckdb\n' });
  await seeknal(folder, 'run');
  const ran = await seeknal(folder, line, answer === undefined ? {} : { answer });
  expect(ran.code).toBe(code);
  expect(await isThere(join(folder, 'target'))).toBe(!isRemoved);
  expect(await isThere(join(folder, 'data/shop.duckdb'))).toBe(!isRemoved);
  expect(await isThere(join(folder, 'data/orders.csv'))).toBe(true);
});

test('doctor finds a healthy project healthy', async () => {
  const folder = await shop();
  expect((await seeknal(folder, 'doctor')).out).toContain('not made yet');
  await seeknal(folder, 'run');
  const { code, out } = await seeknal(folder, 'doctor');
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(':')[0])).toEqual([
    'OK Node',
    'OK Clock',
    'OK DuckDB',
    'OK Project',
    'OK Warehouse',
    'OK State',
    '',
  ]);
});

test('doctor finds what is wrong, and ends with 1', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(join(folder, 'target/state.json'), '{"half":');
  await writeFile(join(folder, 'target/warehouse.duckdb'), 'not a database');
  const { code, out } = await seeknal(folder, 'doctor --json');
  expect(code).toBe(1);
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { what: string; status: string }[] };
  expect(ok).toBe(false);
  expect(findings.filter(({ status }) => status === 'failed').map(({ what }) => what)).toEqual([
    'Warehouse',
    'State',
  ]);
});

test('doctor without a project looks at the machine', async () => {
  const { code, out } = await seeknal(await emptyFolder(), 'doctor');
  expect(code).toBe(0);
  expect(out).toMatch(/WARNING Project: No seeknal_project\.yml in .*\n {2}-> Make one: seeknal init\n$/u);
});
