import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { emptyFolder, seeknal, shop } from './in-process.test.kit.ts';

const BIN = fileURLToPath(new URL('../bin/seeknal.js', import.meta.url));
const HOOK = fileURLToPath(new URL('sources.test.hook.js', import.meta.url));

interface SpawnOptions {
  readonly env?: { readonly [name: string]: string };
  /** Further flags for Node. */
  readonly node?: readonly string[];
}

const argsOf = (args: readonly string[], { node = [] }: SpawnOptions): string[] => [
  '--disable-warning=ExperimentalWarning',
  ...node,
  '--import',
  HOOK,
  BIN,
  ...args,
];
// Flags that jest was started with are not for the command.
const envOf = ({ env = {} }: SpawnOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: '',
  SEEKNAL_NOW: '2024-01-04T12:00:00Z',
  ...env,
});

function command(
  cwd: string,
  args: readonly string[],
  options: SpawnOptions = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argsOf(args, options), {
    cwd,
    env: envOf(options),
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test.each(['18.20.4', '20.18.3', '21.7.3', '22.11.0'])(
  'Node %s is refused in one sentence',
  async (version) => {
    const old = join(await emptyFolder(), 'old.cjs');
    await writeFile(old, `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`);
    expect(command('/', ['run'], { node: ['--require', old] })).toEqual({
      code: 1,
      out: '',
      err: `Seeknal needs Node 20.19, 22.12 or newer, and this is Node ${version}.\n`,
    });
  },
);

test('--version is answered without loading anything', async () => {
  const log = join(await emptyFolder(), 'loaded');
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(command('/', ['--version'], { env: { SEEKNAL_LOADED: log } })).toEqual({
    code: 0,
    out: `${version}\n`,
    err: '',
  });
  expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(1);
});

test('queries get a larger thread pool, unless somebody chose its size', async () => {
  const folder = await shop();
  const show = join(await emptyFolder(), 'show.cjs');
  await writeFile(show, "process.on('exit', () => console.log('pool', process.env.UV_THREADPOOL_SIZE));");
  expect(command(folder, ['validate'], { node: ['--require', show] }).out).toMatch(/\npool 12\n$/u);
  const env = { UV_THREADPOOL_SIZE: '7' };
  expect(command(folder, ['validate'], { node: ['--require', show], env }).out).toMatch(/\npool 7\n$/u);
});

/** Modules that a run with nothing to do has no use for. */
const HEAVY = /@duckdb|engine-duckdb|\/yaml\/|\/zod\/|minijinja|node-sql-parser|cli-table3|@bomb\.sh/u;

test('a run with nothing to do loads neither DuckDB nor a parser, and a run with something to do does', async () => {
  const folder = await shop();
  const log = join(await emptyFolder(), 'loaded');
  const heavy = async (): Promise<readonly string[]> => {
    const urls = (await readFile(log, 'utf8')).split('\n');
    await writeFile(log, '');
    return urls.filter((url) => HEAVY.test(url));
  };
  const env = { SEEKNAL_LOADED: log };
  expect(command(folder, ['run'], { env }).code).toBe(0);
  const first = (await heavy()).join('\n');
  for (const name of ['engine-duckdb', '/yaml/', '/zod/']) expect(first).toContain(name);
  const second = command(folder, ['run'], { env });
  expect(second).toMatchObject({ code: 0, err: '' });
  expect(second.out).toMatch(/Nothing to run\.\n$/u);
  expect(await heavy()).toEqual([]);
});

const SLOW = {
  'seeknal/transforms/slow.yml': `kind: transform
name: slow
transform: SELECT sum(a.range * b.range) AS x FROM range(300000) a, range(300000) b WHERE a.range % 7 = b.range % 3
`,
};

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s gives the prompt back within a second, with 130, and the next run goes on',
  async (signal) => {
    const folder = await shop(SLOW);
    const child = spawn(process.execPath, argsOf(['run'], {}), { cwd: folder, env: envOf({}) });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    while (!/transform\.total SUCCESS/u.test(err) || !/transform\.slow \[RUNNING\]/u.test(err)) {
      await once(child.stderr, 'data');
    }
    // While it runs, another command is told who holds the warehouse.
    const held = command(folder, ['query', 'SELECT 1']);
    expect(held.code).toBe(4);
    expect(held.err).toContain(`process ${child.pid}`);
    // One that waits for it can be stopped, too.
    const waiting = spawn(process.execPath, argsOf(['query', '--wait', '60s', 'SELECT 1'], {}), {
      cwd: folder,
      env: envOf({}),
    });
    await setTimeout(2000);
    waiting.kill(signal);
    expect(await once(waiting, 'close')).toEqual([130, null]);
    const asked = performance.now();
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, isSoon: performance.now() - asked < 5000 }).toEqual({ code: 130, isSoon: true });
    expect(err).toMatch(
      /WARNING Interrupted\. 5 of 6 tasks are finished and kept\.\n {2}-> seeknal run goes on from there\.\n$/u,
    );
    const { out } = await seeknal(folder, `run --dry-run`);
    expect(out).toContain('  build transform.slow\n');
    expect(out).not.toContain('build transform.total');
  },
  60_000,
);

test('a reader that goes away is no failure', async () => {
  const folder = await shop();
  const child = spawn(
    process.execPath,
    argsOf(['query', '--csv', '--limit', '1000000', 'FROM range(1000000)'], {}),
    {
      cwd: folder,
      env: envOf({}),
    },
  );
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('completion scripts ask the command itself, which knows its commands and flags', () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, out } = command('/', ['completion', shell]);
    expect({ shell, code }).toEqual({ shell, code: 0 });
    expect(out).toMatch(/seeknal complete '?--'? /u);
  }
  expect(command('/', ['completion', 'csh'])).toMatchObject({ code: 2, out: '' });
  expect(command('/', ['complete', '--', 'run', '--max']).out).toContain('--max-workers\t');
  expect(command('/', ['complete', '--', 'intervals', '']).out).toMatch(/^show\t.*\nlist\t.*\npending\t/u);
});
