import { readFile, stat } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { abridged, plain, shell, stepsOf } from './docs.test.kit.ts';
import { missing, server } from './server.test.kit.ts';

const PAGE = new URL('../../../docs/guides/state-backends.md', import.meta.url);
/** As the page has it. */
const URL_SHOWN = 'http://127.0.0.1:8080';

test('every command of docs/guides/state-backends.md prints what it shows, and no token', async () => {
  const steps = stepsOf(await readFile(PAGE, 'utf8'));
  const { take, close } = await shell();
  let hasServer = true;
  try {
    for (const step of steps) {
      if (step.kind === 'file') continue;
      // Where there is no server, the page is run as far as it goes without.
      if (step.line.includes('SEEKNAL_STATE_TOKEN')) hasServer = missing === null;
      if (!hasServer) continue;
      const secret = missing === null ? server.token() : 'secret';
      const line = step.line
        .replaceAll(URL_SHOWN, missing === null ? server.url : URL_SHOWN)
        .replace('=secret', `=${secret}`);
      const printed = await take({ ...step, line });
      expect(printed).not.toContain(secret);
      const shown = plain(step.prints);
      const seen = printed.replaceAll(missing === null ? server.url : URL_SHOWN, URL_SHOWN);
      expect(`$ ${step.line}\n${abridged(seen, shown)}`).toBe(`$ ${step.line}\n${shown}`);
    }
  } finally {
    await close();
  }
}, 120_000);

test('what the page links to is there', async () => {
  const page = await readFile(PAGE, 'utf8');
  for (const [, link = ''] of page.matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)) await stat(new URL(link, PAGE));
});

test('what is kept nowhere, or twice, or by nobody is told from what is damaged', async () => {
  const { take, close } = await shell();
  const say = (line: string): Promise<string> => take({ kind: 'command', line, prints: '' });
  try {
    await say('seeknal init p');
    await say('cd p');
    expect(await say('seeknal state backup')).toMatch(/no state yet/);
    expect(await say('seeknal migrate-state --backend database')).toMatch(/no state to migrate in the file/);
    expect(await say('seeknal migrate-state --to nowhere')).toMatch(/nowhere is no kind of state/);
    expect(await say('seeknal migrate-state --from file --to file')).toMatch(/nothing to migrate/);
    expect(await say('seeknal migrate-state --from python --to database')).toMatch(/no run_state.json/);
    expect(await say('seeknal state migrate --dry-run')).toMatch(/up to date/);
    await say("sed -i 's/^state_backend: .*/state_backend: libsql/' seeknal_project.yml");
    expect(await say('seeknal state migrate --dry-run')).toMatch(/CREATE TABLE run_state/);
    expect(await say('ls target')).not.toMatch(/state/);
    expect(await say('seeknal state migrate')).toMatch(/migration 1 begin/);
    expect(await say('seeknal state doctor --json')).toMatch(/"schemaVersion": \d/);
    expect(await say('seeknal state repair --from-backup')).toMatch(/--from-backup <file>/);
    expect(await say('seeknal state unlock --all')).toMatch(/not confirmed/);
    expect(await say('seeknal state unlock --all --yes --json')).toMatch(/"taken": \[\]/);
    await say("sed -i 's/^state_backend: .*/state_backend: {libsql: {url: nonsense}}/' seeknal_project.yml");
    expect(await say('seeknal run')).toMatch(/Not the URL of a state database: "nonsense"/);
    await say("sed -i 's/^state_backend: .*/state_backend: redis/' seeknal_project.yml");
    expect(await say('seeknal run')).toMatch(/There is no state backend "redis"/);
  } finally {
    await close();
  }
}, 60_000);
