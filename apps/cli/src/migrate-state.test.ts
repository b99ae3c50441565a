import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';

import { seeknal as inProcess, type Ran } from './in-process.test.kit.ts';
import { killedCopies } from './killed-copies.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, NOW, stateAt } from './shared-state.test.kit.ts';

jest.setTimeout(120_000);

const seeknal = (folder: string, line: string): Promise<Ran> =>
  inProcess(folder, line, { env: { SEEKNAL_NOW: NOW } });

async function use(folder: string, backend: string): Promise<void> {
  const path = join(folder, 'seeknal_project.yml');
  const text = (await readFile(path, 'utf8')).replace(/^state_backend:.*$/mu, `state_backend: ${backend}`);
  await writeFile(path, text);
}

const COUNTS = '1 run, 6 snapshots, 1 environment';
const FORTH = `OK file to database: ${COUNTS} would be copied\n`;

test('every way to say it says the same, and writes nothing until it is told to', async () => {
  const folder = await example();
  await seeknal(folder, 'run');
  const before = await readdir(join(folder, 'target'), { recursive: true });
  const spellings = [
    'migrate-state --backend database --summary',
    'migrate-state --from file --to database --summary',
    'migrate-state --to libsql --summary --dry-run',
    'migrate-state --to turso --summary',
    'migrate-state --backend sqlite --summary',
    'migrate-state --summary',
  ];
  for (const line of spellings) {
    expect([line, await seeknal(folder, line)]).toMatchObject([line, { code: 0, out: FORTH }]);
  }
  const { out } = await seeknal(folder, 'migrate-state --backend database');
  expect(out.split('\n')).toEqual(expect.arrayContaining(['  snapshots     6 (there already: 0)']));
  expect(await readdir(join(folder, 'target'), { recursive: true })).toEqual(before);

  expect((await seeknal(folder, 'migrate-state --backend database --no-dry-run --summary')).out).toBe(
    FORTH.replace('would be copied', 'copied and verified'),
  );
  await use(folder, 'libsql');
  expect((await seeknal(folder, 'run')).out).toMatch(/Nothing to run/u);
  await rename(join(folder, 'target', 'state.json'), join(folder, 'target', 'aside'));
  await rm(join(folder, 'target', 'state.json.1'), { force: true });
  for (const line of ['--to file', '--backend file', '--from database --to file', '']) {
    const said = await seeknal(folder, `migrate-state --summary ${line}`.trim());
    expect([line, said]).toMatchObject([line, { out: `OK database to file: ${COUNTS} would be copied\n` }]);
  }
  expect((await seeknal(folder, 'migrate-state --to file --no-dry-run')).code).toBe(0);
  await use(folder, 'file');
  expect((await seeknal(folder, 'run')).out).toMatch(/Nothing to run/u);
});

onServer('what the Python seeknal remembers is copied to a server', async () => {
  const folder = await example();
  const env = stateAt(server.url, server.token());
  const node = { hash: 'abc', status: 'success', completed_intervals: [] };
  const python = {
    schema_version: '2.0',
    run_id: 'py',
    last_run: '2015-01-01T00:00:00',
    nodes: { 'source.weather': node },
  };
  await inProcess(folder, 'parse');
  await writeFile(join(folder, 'target', 'run_state.json'), JSON.stringify(python));
  const line = 'migrate-state --from python --to database --summary';
  expect((await inProcess(folder, line, { env })).out).toMatch(/1 run, 0 snapshots.* would be copied/u);
  const done = await inProcess(folder, `${line} --no-dry-run`, { env });
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/copied and verified/u) });
  expect((await inProcess(folder, 'state doctor --json', { env })).out).toMatch(/"runs": 1/u);
});

onServer(
  'a copy to a server that is killed again and again is taken up where it ended',
  async () => {
    await killedCopies(server, [4, 9]);
  },
  120_000,
);

test('so is one to a file', async () => {
  await killedCopies(null, [0.8, 0.95]);
}, 120_000);
