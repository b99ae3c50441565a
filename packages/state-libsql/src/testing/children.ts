import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** A child that runs one of the scripts beside this file, and the lines it has printed. */
export interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** What it wrote to its errors. */
  errors(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Starts a script on the sources. */
export function child(script: string, argument: object): Child {
  const here = (name: string): string => new URL(name, import.meta.url).pathname;
  const flags = [
    '--conditions=@seeknal/source',
    '--import',
    here('./typescript-hooks.mjs'),
    here(`./${script}.mjs`),
  ];
  const { NODE_OPTIONS: _flagsOfJest, ...env } = process.env;
  const started = spawn(process.execPath, [...flags, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  started.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  started.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(started, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  return { process: started, lines, errors: () => errors, ended };
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
