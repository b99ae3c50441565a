import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How a process of `seeknal` ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Both. */
  readonly text: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `seeknal` as a process of its own, on the sources, with nothing of this one's SEEKNAL variables. */
export function start(cwd: string, args: readonly string[], env: object = {}): Started {
  // Flags that jest was started with are not for the command.
  const own = Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS$|SEEKNAL_|TURSO_)/u.test(name));
  const flags = ['--disable-warning=ExperimentalWarning', '--import', here('sources.test.hook.js')];
  const child = spawn(process.execPath, [...flags, here('../bin/seeknal.js'), ...args], {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (printed.err += text));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    ...printed,
    text: printed.out + printed.err,
  }));
  return { process: child, ended };
}

export const seeknal = (cwd: string, args: readonly string[], env: object = {}): Promise<Ended> =>
  start(cwd, args, env).ended;
