import type { Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';

import { ALL_TIME } from './snapshot.ts';

/** `transform.daily@2024-01-01..2024-01-02`; a node without a schedule is its own id. */
export function taskId(node: NodeId, { start, end }: Interval): string {
  if (start === ALL_TIME.start && end === ALL_TIME.end) return node;
  return `${node}@${short(start)}..${short(end)}`;
}

/** An instant in as few characters as say it: the date at midnight, else the minute or more. */
function short(at: number): string {
  const iso = new Date(at).toISOString();
  return iso.replace(/T00:00:00\.000Z$/u, '').replace(/(?::00)?\.000Z$/u, 'Z');
}
