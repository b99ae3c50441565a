import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@jest/globals';

import { seeknal as inProcess } from './in-process.test.kit.ts';
import { seeknal } from './own-process.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, stateAt } from './shared-state.test.kit.ts';

const LONG_AGO = 1_000_000;
/** Everything that reads the state, or writes a file that somebody may hand on. */
const COMMANDS = [
  'run',
  'run --verbose',
  'run --json',
  'plan --out plan.json',
  'plan --json',
  'apply plan.json --yes',
  'state doctor',
  'state doctor --json',
  'state unlock --all --yes',
  'state migrate --dry-run',
  'state backup',
  'state backup --json --verbose',
  'migrate-state --to file --no-dry-run',
  'env list --json',
  'intervals list transform.daily --json',
  'validate --json',
  'parse',
  'doctor',
  'doctor --json',
];

/** The last part of a token is enough to know it again, in whatever it is packed. */
const markOf = (token: string): string => token.slice(-30);

/** Everything that was written below a folder, but for the settings and what keeps them read. */
async function filesIn(folder: string, but: RegExp): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile() && !but.test(join(entry.parentPath ?? entry.path, entry.name)))
    .map((entry) => readFile(join(entry.parentPath ?? entry.path, entry.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

onServer(
  'no token is printed or written, whatever it may do and wherever it stands',
  async () => {
    const tokens = {
      good: server.token(),
      readOnly: server.token({ a: 'ro' }),
      expired: server.token({ exp: LONG_AGO }),
      wrong: `${server.token().slice(0, -8)}AAAAAAAA`,
      garbage: 'canary-canary-canary-canary-canary',
    };
    const folder = await example();
    const settings = join(folder, 'seeknal_project.yml');
    const plain = (await readFile(settings, 'utf8')).replace(/^state_backend:.*\n/mu, '');
    const seen: string[] = [];
    const all = async (env: { readonly [name: string]: string }): Promise<void> => {
      for (const line of COMMANDS) {
        const { out, err } = await inProcess(folder, line, { env: { SEEKNAL_NOW: '2015-12-01', ...env } });
        seen.push(out, err);
      }
    };
    for (const token of Object.values(tokens)) {
      await all(stateAt(server.url, token));
      const { SEEKNAL_STATE_URL: url = '', ...rest } = stateAt(server.url, '');
      seen.push(
        (
          await seeknal(folder, ['run', '--verbose'], {
            ...rest,
            SEEKNAL_STATE_URL: url,
            TURSO_AUTH_TOKEN: token,
          })
        ).text,
      );
      seen.push(
        (
          await inProcess(
            folder,
            `migrate-state --to database --url ${url}?authToken=${token} --no-dry-run --verbose`,
          )
        ).err,
      );
    }
    seen.push(await filesIn(folder, /seeknal_project\.yml$/u));
    // Against all advice: in the settings themselves, and in the URL; with a mistake beside it, whose lines are shown.
    for (const text of [
      `state_backend:\n  libsql:\n    url: ${server.url}\n    auth_token: ${tokens.good}\n`,
      `state_backend: {libsql: {url: "${server.url}?authToken=${tokens.good}"}}\n`,
      `state_backend: {libsql: {url: "${tokens.good}"}}\n`,
      `state_backend:\n  libsql:\n    auth_token: ${tokens.garbage}\nnonsense: 1\n`,
    ]) {
      await writeFile(settings, `${plain}${text}`);
      await all({});
    }
    const text = `${seen.join('\n')}\n${await filesIn(folder, /seeknal_project\.yml$/u)}`;
    // What is looked through holds what it should.
    for (const word of [
      'OK State saved',
      'refuses the token',
      'may not be written',
      'nonsense',
      '"type":"error"',
    ]) {
      expect([word, text.includes(word)]).toEqual([word, true]);
    }
    for (const [what, token] of Object.entries(tokens)) {
      expect([what, text.includes(markOf(token))]).toEqual([what, false]);
    }
    expect(text).not.toMatch(/eyJ[\w-]{8,}\./u);
  },
  120_000,
);

onServer(
  'a token that may only read looks and does not run; one that is refused says so at once',
  async () => {
    const folder = await example();
    const as = (token: string) => ({ env: stateAt(server.url, token) });
    const reader = server.token({ a: 'ro' });
    expect((await inProcess(folder, 'run', as(server.token()))).code).toBe(0);
    const later = { env: { ...stateAt(server.url, reader), SEEKNAL_NOW: '2015-12-03' } };
    expect(await inProcess(folder, 'run', as(reader))).toMatchObject({ code: 0, err: '' });
    expect((await inProcess(folder, 'plan', later)).out).toMatch(/2 to backfill/u);
    expect((await inProcess(folder, 'state doctor', as(reader))).code).toBe(0);
    expect(await inProcess(folder, 'run', later)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/may not be written: .*403.*\n {2}-> Use a token .* that may be written/u),
    });
    for (const token of [
      server.token({ exp: LONG_AGO }),
      'garbage',
      `${server.token().slice(0, -8)}AAAAAAAA`,
    ]) {
      const began = performance.now();
      for (const line of ['run', 'plan', 'state doctor']) {
        expect(await inProcess(folder, line, as(token))).toMatchObject({
          code: 1,
          err: expect.stringMatching(
            /refuses the token: it is wrong, missing or has expired.*401.*\n {2}-> Make a new token/u,
          ),
        });
      }
      expect(performance.now() - began).toBeLessThan(10_000);
    }
    // What was refused has changed nothing.
    expect((await inProcess(folder, 'run', as(server.token()))).out).toMatch(/Nothing to run/u);
  },
  120_000,
);
