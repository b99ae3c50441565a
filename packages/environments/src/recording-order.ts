import type { Commit } from '@seeknal/engine';

type Ordered = Pick<Commit, 'snapshot' | 'seq' | 'seen' | 'finishedAt'>;

/**
 * The order in which commits have to be told to the state so that each is judged as it would have been at
 * its time: after every commit that it read, and before every later one of what it read. When it finished
 * does not tell: it read its inputs before. O(n²), for the few that a process leaves behind when it dies.
 */
export function inRecordingOrder<T extends Ordered>(commits: readonly T[]): readonly T[] {
  const waiting = commits.toSorted((a, b) => a.finishedAt - b.finishedAt || a.seq - b.seq);
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex(
      (each) => !waiting.some((other) => other !== each && isBefore(other, each)),
    );
    // What was read in one transaction cannot contradict itself; a ledger that does is taken as it finished.
    ordered.push(...waiting.splice(Math.max(0, free), 1));
  }
  return ordered;
}

function isBefore(a: Ordered, b: Ordered): boolean {
  if (a.snapshot === b.snapshot) return a.seq < b.seq;
  const [readByB, readByA] = [b.seen[a.snapshot], a.seen[b.snapshot]];
  if (readByB !== undefined) return a.seq <= readByB;
  return readByA !== undefined && b.seq > readByA;
}
