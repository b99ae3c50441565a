import type { Instant, Interval } from '@seeknal/intervals';
import type { Check } from '@seeknal/manifest';
import { ALL_TIME } from '@seeknal/plan';

import type { CatalogEntry, Engine, FileSource, Work } from '../engine.ts';

/** What a test of the kit gets: an engine on an empty folder, closed and removed afterwards. */
export interface EngineTest {
  readonly engine: Engine;
  readonly folder: string;
  /** Closes the engine and opens the same warehouse anew. */
  readonly reopen: () => Promise<Engine>;
}

export type WithEngine = (promise: string, run: (test: EngineTest) => Promise<void>) => void;

/** `2024-01-05` is the 5th. */
export const day = (of: number): Instant => Date.UTC(2024, 0, of);

/** `[first, last + 1)`, whole days of January 2024. */
export const days = (first: number, last: number = first): Interval => ({
  start: day(first),
  end: day(last + 1),
});

const NOTHING = {
  run: 'run-1',
  task: 'task-1',
  generation: 0,
  fence: 1,
  sql: null,
  catalog: [],
  places: {},
  timeColumn: null,
  outOfRange: 'fail',
  checks: [],
  export: null,
  version: null,
  now: day(31),
} as const;

/** An incremental build of `transform.daily` by `t`, unless `work` says otherwise. */
export const build = (work: Partial<Work>): Work => ({
  ...NOTHING,
  node: 'transform.daily',
  snapshot: 'daily0123456789',
  action: 'build',
  materialization: 'incremental_by_time',
  range: days(1),
  timeColumn: 't',
  ...work,
});

/** A build of `transform.whole` as a whole. */
export const buildFull = (work: Partial<Work>): Work =>
  build({
    node: 'transform.whole',
    snapshot: 'whole0123456789',
    materialization: 'full',
    range: ALL_TIME,
    timeColumn: null,
    ...work,
  });

/** Any other action over inputs. */
export const other = (action: Work['action'], work: Partial<Work>): Work =>
  build({
    node: 'rule.other',
    snapshot: 'other0123456789',
    action,
    materialization:
      action === 'export' ? 'exposure' : action === 'view' ? 'view' : action === 'load' ? 'source' : 'rule',
    range: ALL_TIME,
    timeColumn: null,
    ...work,
  });

export const snapshotEntry = (
  work: Pick<Work, 'node' | 'snapshot'>,
  within: Partial<Interval> | null = null,
): CatalogEntry => ({
  from: 'snapshot',
  node: work.node,
  snapshot: work.snapshot,
  within,
});

/** The load of `source.file`. */
export const load = (file: FileSource, work: Partial<Work> = {}): Work =>
  other('load', {
    node: 'source.file',
    snapshot: 'file0123456789',
    catalog: [{ from: 'file', node: 'source.file', snapshot: 'file0123456789', file, within: null }],
    ...work,
  });

export const file = (path: string, more: Partial<FileSource> = {}): FileSource => ({
  format: 'csv',
  paths: [path],
  options: {},
  columns: [],
  timeColumn: null,
  ...more,
});

/** A SELECT of these rows: `(t TIMESTAMP, id INTEGER, v INTEGER)`; t is a day of January 2024, or null. */
export function valuesText(rows: readonly (readonly [number | null, number, number])[]): string {
  const line = ([t, id, v]: readonly [number | null, number, number]): string =>
    `(${t === null ? 'CAST(NULL AS TIMESTAMP)' : `TIMESTAMP '${new Date(day(t)).toISOString().slice(0, 19).replace('T', ' ')}'`}, ${id}, ${v})`;
  const all = rows.length === 0 ? `(TIMESTAMP '2024-01-01 00:00:00', 0, 0)` : rows.map(line).join(', ');
  return `SELECT * FROM (VALUES ${all}) AS given(t, id, v)${rows.length === 0 ? ' WHERE id <> 0' : ''}`;
}

/** The id and v of every row that prod shows of a table, after switching to it. */
export async function shown(
  engine: Engine,
  work: Pick<Work, 'node' | 'snapshot'> = build({}),
): Promise<readonly unknown[]> {
  await engine.switchViews({
    environment: 'prod',
    epoch: nextEpoch(),
    views: [{ node: work.node, snapshot: work.snapshot, from: 'table' }],
  });
  const { rows } = await engine.query(`SELECT id, v FROM ${work.node} ORDER BY id, v`);
  return rows;
}

let epoch = 0;
/** Higher than every one before. */
export const nextEpoch = (): number => (epoch += 1);

export const check = <T extends { readonly type: Check['type'] }>(
  of: T,
): T & Pick<Check, 'severity' | 'message' | 'place'> => ({
  severity: 'error',
  message: null,
  place: { file: 'daily.yml', line: 7, column: 3 },
  ...of,
});
