import {
  scopeKey,
  type EventFilter,
  type IntervalEvent,
  type ScopedEvent,
  type ScopeName,
} from '@seeknal/state';

import type { Disk } from './disk.ts';

/** When the log is longer, it becomes the previous one and a new one begins. */
const LONGEST_BYTES = 64 * 2 ** 20;

/** Enough for the last lines, whatever their names. */
const TAIL_BYTES = 2 ** 16;

/** An event with its number: counted from 1 over the whole state, so that a line written twice counts once. */
interface LoggedEvent extends ScopedEvent {
  readonly n: number;
}

/** Adds events to the log; their numbers end with `count`. Those that the log has already are left out. */
export async function logEvents(
  disk: Disk,
  path: string,
  count: number,
  events: readonly ScopedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const tail = await disk.readEnd(path, TAIL_BYTES);
  const logged = lastNumber(tail);
  const lines = events
    .map((event, at): LoggedEvent => ({ n: count - events.length + at + 1, ...event }))
    .filter(({ n }) => n > logged)
    .map((event) => `${JSON.stringify(event)}\n`);
  if (lines.length === 0) return;
  // A process that was killed while it wrote may have left half a line.
  const isTorn = tail !== null && tail !== '' && !tail.endsWith('\n');
  await disk.append(path, `${isTorn ? '\n' : ''}${lines.join('')}`);
  if (((await disk.stat(path))?.size ?? 0) > LONGEST_BYTES) await disk.rename(path, `${path}.1`);
}

/** Newest first. Reads the whole log, and the previous one. */
export async function loggedEvents(
  disk: Disk,
  path: string,
  scope: ScopeName,
  { snapshot, limit = Infinity }: EventFilter,
): Promise<readonly IntervalEvent[]> {
  const texts = [await disk.read(`${path}.1`), await disk.read(path)];
  const key = scopeKey(scope);
  const found = new Map<number, IntervalEvent>();
  for (const line of texts.join('\n').split('\n').toReversed()) {
    if (found.size >= limit) break;
    const logged = parsed(line);
    if (!logged || found.has(logged.n) || scopeKey(logged) !== key) continue;
    if (snapshot === undefined || logged.event.snapshot === snapshot) found.set(logged.n, logged.event);
  }
  return [...found.entries()].toSorted(([a], [b]) => b - a).map(([, event]) => event);
}

function lastNumber(tail: string | null): number {
  for (const line of (tail ?? '').split('\n').toReversed()) {
    const logged = parsed(line);
    if (logged) return logged.n;
  }
  return 0;
}

function parsed(line: string): LoggedEvent | undefined {
  if (line === '') return undefined;
  try {
    const value = JSON.parse(line) as LoggedEvent;
    return typeof value.n === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}
