import type { StateDocument } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import type { Connection } from './connection.ts';
import type { Part } from './focus.ts';
import { runState, statePart } from './schema.ts';
import { statement, textOf } from './statement.ts';

/** A part that is one part. */
export type Plain = Exclude<Part, { kind: 'everything' }>;

/** The parts that everything comes down to. */
export async function allParts(connection: Connection, deadline: number): Promise<readonly Plain[]> {
  const [runs = [], scopes = []] = await connection.read(
    [
      statement(sql`SELECT run_id FROM ${runState}`),
      statement(sql`SELECT name FROM ${statePart} WHERE name LIKE '[%'`),
    ],
    deadline,
  );
  return [
    { kind: 'runs' },
    ...runs.map((row) => ({ kind: 'nodes', run: textOf(row, 'run_id') }) as const),
    ...scopes.map((row) => ({ kind: 'scope', key: textOf(row, 'name'), only: null }) as const),
    { kind: 'locks' },
  ];
}

/** One document of two that hold different parts. */
export const together = (a: StateDocument, b: StateDocument): StateDocument => ({
  runs: [...a.runs, ...b.runs],
  nodes: { ...a.nodes, ...b.nodes },
  locks: { ...a.locks, ...b.locks },
  lockFence: Math.max(a.lockFence, b.lockFence),
  scopes: { ...a.scopes, ...b.scopes },
});
