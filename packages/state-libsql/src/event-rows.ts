import { scopeKey, type EventFilter, type IntervalEvent, type ScopeName } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import type { Connection } from './connection.ts';
import { intervalEvent } from './schema.ts';
import { jsonOf, numberOf, statement } from './statement.ts';

/** Events asked for at once; servers refuse answers over ten million bytes. */
const PAGE = 5000;

/** Newest first. */
export async function listEvents(
  connection: Connection,
  scope: ScopeName,
  { snapshot, limit = PAGE }: EventFilter,
  deadline: number,
): Promise<readonly IntervalEvent[]> {
  const events: IntervalEvent[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  while (events.length < limit) {
    const wanted = Math.min(PAGE, limit - events.length);
    const page = sql`SELECT id, body FROM ${intervalEvent} WHERE scope = ${scopeKey(scope)} AND id < ${before}
      AND ${snapshot === undefined ? sql`1` : sql`snapshot = ${snapshot}`} ORDER BY id DESC LIMIT ${wanted}`;
    const [rows = []] = await connection.read([statement(page)], deadline);
    for (const row of rows) events.push(jsonOf<IntervalEvent>(row, 'body'));
    if (rows.length < wanted) break;
    before = numberOf(rows.at(-1), 'id');
  }
  return events;
}
