import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { runCli } from './run-cli.ts';

/** What a page tells its reader to do: to make a file, or to type a command and see what it prints. */
export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string; readonly prints: string };

/** A folder of the pages' own, in place of the temporary one that the commands run in. */
const HOME = '/home/ada';

/** A file is a block under a line that holds nothing but its path; commands are the `$` lines of `console` blocks. */
const BLOCK = /(?:^`([^`\n]+)`:\n+)?^```(\w*)\n(.*?)^```$/gmsu;

/** Every file and command of a page, in order. */
export function stepsOf(markdown: string): readonly Step[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, path, language, text = '']): readonly Step[] => {
    if (language !== 'console') return path === undefined ? [] : [{ kind: 'file', path, text }];
    return text
      .split(/^\$ /mu)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return { kind: 'command', line: part.slice(0, end), prints: part.slice(end + 1).replace(/\n$/u, '') };
      });
  });
}

/** A shell of sorts: `seeknal` runs in this process, `cd` and `export` are remembered, the rest is bash's. */
export interface Shell {
  /** Everything the step printed, errors included, durations as `#s`. */
  readonly take: (step: Step) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function shell(): Promise<Shell> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'seeknal-docs-')));
  const env: Record<string, string> = {};
  let cwd = home;
  let code = 0;
  const seeknal = async (args: readonly string[]): Promise<string> => {
    let printed = '';
    const stream = { write: (text: string) => void (printed += text) };
    const signal = new AbortController().signal;
    code = await runCli(args, {
      cwd,
      env,
      stdout: stream,
      stderr: stream,
      clock: Date.now,
      ask: () => Promise.resolve(null),
      interruption: () => ({ signal, release: () => {} }),
    });
    return printed;
  };
  const bash = (line: string): string => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd, encoding: 'utf8' });
    code = status ?? 1;
    return stdout + stderr;
  };
  const take = async (step: Step): Promise<string> => {
    if (step.kind === 'file') {
      await mkdir(dirname(resolve(cwd, step.path)), { recursive: true });
      await writeFile(resolve(cwd, step.path), step.text);
      return '';
    }
    const [name, ...args] = wordsOf(step.line.replaceAll('$?', String(code)));
    if (name === 'seeknal') return seeknal(args);
    if (name === 'cd') cwd = resolve(cwd, args[0] ?? home);
    else if (name === 'export')
      for (const each of args) env[each.replace(/=.*/u, '')] = each.replace(/^.*?=/u, '');
    else return bash(step.line.replaceAll('$?', String(code)));
    return '';
  };
  return {
    take: async (step) => plain((await take(step)).replaceAll(home, HOME)),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

/** Without what differs from run to run: durations, and blanks that nobody sees. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\b\d+\.\d\ds\b/gu, '#s')
    .replaceAll(/[ ]+$/gmu, '')
    .replace(/\n+$/u, '');

/** What the page shows, if that is what was printed but for the lines that it leaves out by a line `…`; else all of it. */
export function abridged(printed: string, shown: string): string {
  const parts = shown.split(/^…$/mu).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  return new RegExp(`^${parts.join('[^]*?')}$`, 'u').test(printed) ? shown : printed;
}

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/gu)].map(
    ([all, double, single]) => double ?? single ?? all,
  );
