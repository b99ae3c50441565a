import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { emptyFolder, seeknal, type Ran } from './in-process.test.kit.ts';

/** Words of a command line, those in double quotes as one. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');

test('the session of the README prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, session = ''] = /```console\n(.*?)```/su.exec(readme) ?? [];
  const home = await emptyFolder();
  let cwd = home;
  let printed = '';
  for (const [, line = ''] of session.matchAll(/^\$ (.*)$/gmu)) {
    printed += `$ ${line}\n`;
    const [command, ...args] = words(line);
    if (command === 'cd') cwd = join(cwd, args[0] ?? '');
    else {
      const ran: Ran = await seeknal(cwd, args, { env: { SEEKNAL_NOW: '2026-11-21T09:00:00Z' } });
      expect(ran.code).toBe(0);
      printed += ran.out;
    }
  }
  expect(printed.replaceAll(home, '/home/you')).toBe(session.replaceAll(/\d+\.\d\ds/gu, '#s'));
});

test('the README names every command', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const { out } = await seeknal('/', '--help');
  const commands = [...out.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? .*\S/gmu)].map(([, name = '']) => name);
  expect(commands).toContain('doctor');
  for (const name of commands) if (name !== 'help') expect(readme).toMatch(new RegExp(`\`${name}[ \`]`, 'u'));
});
