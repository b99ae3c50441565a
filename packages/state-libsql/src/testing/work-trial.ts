import type { Snapshot } from '@seeknal/plan';

import { openStateDatabase, type DatabaseBackendOptions } from '../database-backend.ts';
import { child, type Child } from './children.ts';

/** Of every trial. */
export const SCOPE = { project: 'p', warehouse: 'w' } as const;
const DAY_MS = 86_400_000;

export interface WorkTrial {
  readonly options: DatabaseBackendOptions;
  readonly workers: number;
  readonly snapshots: number;
  /** Tasks of each snapshot. */
  readonly days: number;
  /** Increments by each worker. */
  readonly counts: number;
  readonly leaseMs?: number;
  /** Disturbs the workers while they work; may start others in their place. */
  readonly disturb?: (workers: Child[], start: (name: string) => Child) => Promise<void>;
}

export interface WorkResult {
  /** Days that are not done in the end. */
  readonly lost: number;
  /** Days that became done more than once. */
  readonly twice: number;
  readonly counted: number;
  /** Of increments that were acknowledged. */
  readonly acknowledged: number;
  readonly claims: number;
  readonly claimsPerSecond: number;
  readonly worstClaimMs: number;
}

/** Has many processes work off the same tasks, and counts what is done, by the state's own history. */
export async function workTogether(trial: WorkTrial): Promise<WorkResult> {
  const { options, workers, snapshots, days, counts, leaseMs = 60_000, disturb } = trial;
  const state = openStateDatabase(options);
  await state.initialize();
  const scope = state.scope(SCOPE);
  await scope.addSnapshots(Array.from({ length: snapshots }, (_, n) => snapshotOf(`s${n}`)));
  const start = (name: string): Child =>
    child('working', { options, name, snapshots, days, counts, leaseMs });
  const running = Array.from({ length: workers }, (_, n) => start(`worker-${n}`));
  await disturb?.(running, start);
  const codes = await Promise.all(running.map(({ ended }) => ended));
  const failed = running.filter((_, at) => codes[at] !== 0 && codes[at] !== 'SIGKILL');
  if (failed.length > 0)
    throw new Error(
      failed
        .map((one) => one.errors())
        .join('\n')
        .slice(0, 2000),
    );

  const view = await scope.read();
  const events = await scope.events({ limit: 10 * snapshots * days });
  const times = new Map<string, number>();
  for (const { snapshot, range, kind } of events) {
    for (let at = range.start; at < range.end; at += DAY_MS) {
      const key = `${snapshot}@${at}`;
      if (kind === 'done') times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  const all = Object.values(view.snapshots).flatMap(({ done }) => done);
  const doneDays = all.reduce((sum, { start: from, end }) => sum + (end - from) / DAY_MS, 0);
  const ends = running.flatMap(({ lines }) => lines.filter((line) => line.startsWith('end ')));
  const numbers = ends.map((line) => line.split(' ').slice(1).map(Number));
  const claims = numbers.reduce((sum, [made = 0]) => sum + made, 0);
  // From the first that is ready to the last that is done: starting them is no work of the state.
  const seconds =
    (Math.max(...numbers.map(([, , , ended = 0]) => ended)) -
      Math.min(...numbers.map(([, , began = 0]) => began))) /
    1000;
  await state.close();
  return {
    lost: snapshots * days - doneDays,
    twice: [...times.values()].filter((count) => count > 1).length,
    counted: view.environments['prod']?.epoch ?? 0,
    acknowledged: running.flatMap(({ lines }) => lines.filter((line) => line === 'count')).length,
    claims,
    claimsPerSecond: Math.round(claims / seconds),
    worstClaimMs: Math.max(0, ...numbers.map(([, worst = 0]) => worst)),
  };
}

export const snapshotOf = (id: string): Snapshot => ({
  id,
  node: `transform.${id}`,
  kind: 'transform',
  fingerprint: id,
  definition: { sql: `SELECT * FROM ${id}` },
  materialization: 'incremental_by_time',
  inputs: [],
  reads: [],
  schedule: { expression: '0 0 * * *', timeZone: 'UTC' },
  timeColumn: 'day',
  start: 0,
  createdAt: 0,
});
