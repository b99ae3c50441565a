import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';
import { executeInFile } from '@seeknal/state-libsql/testkit';

import { seeknal as inProcess } from './in-process.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, NOW, stateAt } from './shared-state.test.kit.ts';

jest.setTimeout(120_000);

type Env = { readonly [name: string]: string };

/** Every file of a project with its contents, but for what is only kept to be read sooner. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    // SQLite's index of its log is there while the database is open, and holds nothing.
    .filter((path) => !/target.cache|-shm$/u.test(path))
    .toSorted();
  const hash = async (path: string): Promise<string | null> => {
    // An empty log goes when its database is closed.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    return bytes.length === 0 ? null : createHash('sha256').update(bytes).digest('hex');
  };
  const hashed = await Promise.all(paths.map(async (path) => [path, await hash(path)] as const));
  return hashed.flatMap(([path, found]) => (found === null ? [] : [`${path} ${found}`]));
}

/** Every command that opens the state ends with that code, and no file is another than it was. */
async function expectRefused(folder: string, env: Env, code: string, message: RegExp): Promise<void> {
  const before = await filesOf(folder);
  for (const line of ['run', 'plan', 'state doctor', 'state unlock', 'state backup', 'env list']) {
    const { code: ended, out, err } = await inProcess(folder, `${line} --json`, { env });
    expect([line, ended, JSON.parse(out.trim().split('\n').at(-1) ?? '')]).toEqual([
      line,
      1,
      {
        type: 'error',
        error: { code, message: expect.stringMatching(message), hint: expect.any(String) },
      },
    ]);
    expect(err).not.toMatch(/^ +at |bug in seeknal/mu);
  }
  expect(await filesOf(folder)).toEqual(before);
}

const inFile = (path: string): Env => ({ SEEKNAL_NOW: NOW, SEEKNAL_STATE_URL: `file:${path}` });

test.each<[string, string, string, RegExp]>([
  ['a URL without a scheme', 'db.example.com', 'STATE_INVALID_ARGUMENT', /Not the URL of a state database/u],
  ['a URL of another database', 'postgres://db.example.com/x', 'STATE_INVALID_ARGUMENT', /Not the URL/u],
  ['a folder in place of the file', 'file:data', 'STATE_UNWRITABLE', /data/u],
  ['a file that is no database', 'file:README.md', 'STATE_DAMAGED', /not a sound database/u],
  ['a URL of 10 kB', `x${'y'.repeat(10_000)}`, 'STATE_INVALID_ARGUMENT', /^.{1,200}$/u],
])('%s is refused, and nothing is written', async (_what, url, code, message) => {
  await expectRefused(await example(), { SEEKNAL_NOW: NOW, SEEKNAL_STATE_URL: url }, code, message);
});

test('the database of another program is refused, and nothing is written', async () => {
  const folder = await example();
  await executeInFile(
    join(folder, 'orders.db'),
    'CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)',
  );
  await expectRefused(folder, inFile('orders.db'), 'STATE_INVALID_ARGUMENT', /another program.*orders/u);
});

onServer('so is that of another program on a server', async () => {
  const folder = await example();
  const ask = async (sql: string): Promise<string> => {
    const body = JSON.stringify({ requests: [{ type: 'execute', stmt: { sql } }] });
    const headers = { authorization: `Bearer ${server.token()}` };
    return (await fetch(`${server.url}/v2/pipeline`, { method: 'POST', headers, body })).text();
  };
  await ask('CREATE TABLE orders (id INTEGER)');
  const env = stateAt(server.url, server.token());
  await expectRefused(folder, env, 'STATE_INVALID_ARGUMENT', /another program.*orders/u);
  expect(await ask('SELECT count(*) FROM sqlite_master')).toMatch(/"value":"1"/u);
  await ask('DROP TABLE orders');
});

test('a database of a newer version is refused, and nothing is written', async () => {
  const folder = await example();
  expect((await inProcess(folder, 'state migrate', { env: inFile('state.db') })).code).toBe(0);
  await executeInFile(
    join(folder, 'state.db'),
    "INSERT INTO state_migration VALUES (99, 'later', 'x', 0); PRAGMA wal_checkpoint(TRUNCATE)",
  );
  await expectRefused(folder, inFile('state.db'), 'STATE_TOO_NEW', /99/u);
});

test('a state file of a newer version is refused, and nothing is written', async () => {
  const folder = await example();
  const env = { SEEKNAL_NOW: NOW };
  await inProcess(folder, 'run', { env });
  const path = join(folder, 'target', 'state.json');
  const text = await readFile(path, 'utf8');
  const newer = text.replace(/("(?:schema_?version|version)":\s*)(\d+)/iu, '$199');
  expect(newer).not.toBe(text);
  await writeFile(path, newer);
  await expectRefused(folder, env, 'STATE_TOO_NEW', /newer|99/u);
});

test('a server that is none of libSQL is told from one that is gone', async () => {
  const folder = await example();
  const web = createServer((_request, response) => void response.writeHead(404).end('<html>')).listen(
    0,
    '127.0.0.1',
  );
  await once(web, 'listening');
  const env = stateAt(`http://127.0.0.1:${(web.address() as AddressInfo).port}`, 'x');
  await expectRefused(folder, env, 'STATE_UNREACHABLE', /There is no such state/u);
  web.close();
});

test('names of 10 kB are refused before anything is done', async () => {
  const folder = await example();
  const env = { SEEKNAL_NOW: NOW };
  const name = 'x'.repeat(10_000);
  const before = await filesOf(folder);
  for (const line of [`plan ${name}`, `apply ${name} --yes`, `env delete ${name} --yes`, `run ${name}`]) {
    const { code, out } = await inProcess(folder, `${line} --json`, { env });
    const { error } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as {
      readonly error: { readonly code: string };
    };
    expect([line.slice(0, 20), code, error.code]).toEqual([
      line.slice(0, 20),
      expect.any(Number),
      expect.stringMatching(/^(ENVIRONMENT|SELECTOR)_/u),
    ]);
    expect(code).toBeGreaterThan(0);
  }
  await writeFile(
    join(folder, 'seeknal/transforms/long.yml'),
    `kind: transform\nname: ${name}\ntransform: SELECT 1 AS a\n`,
  );
  expect(await inProcess(folder, 'run', { env })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/long\.yml:2:7/u),
  });
  expect((await filesOf(folder)).filter((line) => !line.includes('long.yml'))).toEqual(before);
});
