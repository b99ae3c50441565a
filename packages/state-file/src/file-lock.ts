import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

import { StateError } from '@seeknal/state';

import { codeOf, type Disk } from './disk.ts';

/** Who holds the lock file. */
interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the system's own unit: a pid is used again. Null where it cannot be found. */
  readonly started: string | null;
  readonly token: string;
}

export interface FileLockOptions {
  readonly path: string;
  readonly token: string;
  /** After this long a holder counts as stopped, and its lock is taken over. */
  readonly staleMs: number;
  readonly timeoutMs: number;
}

/** A lock that still says nothing after this long was left by a process that died between making and writing it. */
const UNWRITTEN_MS = 500;

/** Between two attempts, at most. */
const LONGEST_WAIT_MS = 16;

/**
 * Waits for the lock file. It keeps processes from doing work in vain; that none overwrites another does not
 * depend on it (see `publish`), so a lock taken over from a process that is only slow does no harm.
 *
 * @throws `STATE_LOCK_HELD` after `timeoutMs`; the message names the holder.
 */
export async function takeFileLock(
  disk: Disk,
  { path, token, staleMs, timeoutMs }: FileLockOptions,
): Promise<void> {
  const own: LockHolder = { host: hostname(), pid: process.pid, started: startOf('self'), token };
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    if (await created(disk, path, JSON.stringify(own))) return;
    const text = await disk.read(path);
    if (text === null) continue;
    const holder = holderIn(text);
    const takenAt = (await disk.stat(path))?.changedAt ?? Infinity;
    const patience = holder === undefined ? Math.min(UNWRITTEN_MS, staleMs) : staleMs;
    if (Date.now() - takenAt > patience || (holder !== undefined && hasEnded(holder))) {
      // Somebody else may have taken it over since; theirs is left alone.
      if ((await disk.read(path)) === text) await disk.remove(path);
      continue;
    }
    if (performance.now() > deadline) throw held(path, timeoutMs, holder);
    await pause(waitMs * (0.5 + Math.random()));
  }
}

/** Does nothing when the lock is no longer this holder's. */
export async function releaseFileLock(disk: Disk, path: string, token: string): Promise<void> {
  const text = await disk.read(path);
  if (text !== null && holderIn(text)?.token === token) await disk.remove(path);
}

/** Whether `host:pid` is a process of this machine that has ended. */
export function isGone(holder: string): boolean {
  const [, host, pid] = /^(.+):(\d+)$/.exec(holder) ?? [];
  return host === hostname() && pid !== undefined && !isAlive(Number(pid));
}

function hasEnded({ host, pid, started }: LockHolder): boolean {
  if (host !== hostname()) return false;
  if (!isAlive(pid)) return true;
  const now = startOf(String(pid));
  return started !== null && now !== null && started !== now;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be asked, but it is there.
    return codeOf(error) !== 'ESRCH';
  }
}

/** The start time of a process as Linux tells it: the 20th field after the name in brackets. */
function startOf(pid: string): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

async function created(disk: Disk, path: string, text: string): Promise<boolean> {
  try {
    await disk.createQuickly(path, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function holderIn(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    // Created, not written yet; or its writer died in between, and then its age decides.
    return undefined;
  }
}

const held = (path: string, timeoutMs: number, holder: LockHolder | undefined): StateError =>
  new StateError(
    'STATE_LOCK_HELD',
    `The state is being written by ${holder ? `process ${holder.pid} on ${holder.host}` : 'another process'}; waited ${timeoutMs} ms for ${path}`,
    'Wait until it has finished; if it hangs, end it.',
  );

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
