import { intervalSet, type Interval } from '@seeknal/intervals';
import {
  assembleManifest,
  type DraftNode,
  type Manifest,
  type NodeSpec,
  type Reads,
  type Timing,
} from '@seeknal/manifest';

import type { EnvironmentRecord, Snapshot, SnapshotRecord, StateView } from '../snapshot.ts';

/** 2024-01-`day`, 00:00 UTC: the calendar of every example. */
export const jan = (day: number, hour = 0): number => Date.UTC(2024, 0, day, hour);

/** `days(1, 3)` is the 1st and the 2nd of January. */
export const days = (from: number, to: number): Interval => ({ start: jan(from), end: jan(to) });

/** Says a set as the days it covers: `1-3 5`. */
export const said = (set: readonly Interval[]): string =>
  set
    .map(({ start, end }) => {
      if (start < 0) return 'all';
      const [first, last] = [new Date(start).getUTCDate(), new Date(end - 1).getUTCDate()];
      return first === last ? `${first}` : `${first}-${last}`;
    })
    .join(' ');

export interface ExampleNode {
  readonly id: string;
  readonly inputs?: readonly (readonly [string, Reads] | string)[];
  readonly sql?: string;
  readonly mode?: 'full' | 'incremental_by_time' | 'view';
  readonly schedule?: string;
  readonly timing?: Partial<Timing>;
  readonly timeColumn?: string | null;
  readonly onChange?: 'keep' | 'rebuild';
  readonly description?: string;
  readonly renamedFrom?: readonly string[];
  readonly volatile?: readonly string[];
  /** Values that `day` may have: an audit. */
  readonly accepts?: readonly string[];
}

const DAILY: Timing = {
  schedule: '0 0 * * *',
  timeZone: 'UTC',
  start: jan(1),
  end: null,
  lookback: 0,
  batchSize: null,
  concurrency: null,
  dependsOnPast: false,
};

/** A manifest from the few things an example cares about; the rest is as a project would default it. */
export function exampleManifest(nodes: readonly ExampleNode[]): Manifest {
  return assembleManifest({ project: 'example', toolVersion: '1', generatedAt: '', nodes: nodes.map(draft) });
}

function draft(node: ExampleNode): DraftNode {
  const [type = '', name = ''] = node.id.split('.');
  const place = { file: `seeknal/${name}.yml`, line: 1, column: 1 };
  return {
    id: node.id,
    name,
    type: type as DraftNode['type'],
    description: node.description ?? null,
    owner: null,
    tags: [],
    ...(node.renamedFrom !== undefined && { renamedFrom: node.renamedFrom }),
    columns: {},
    config: node.accepts === undefined ? {} : { audits: [...node.accepts] },
    file_path: place.file,
    place,
    spec: specOf(type, node, place),
    definition: { sql: node.sql ?? node.id },
  };
}

function specOf(type: string, node: ExampleNode, place: DraftNode['place']): NodeSpec {
  const inputs = (node.inputs ?? []).map((input, i) => {
    const [ref, reads] = typeof input === 'string' ? [input, { kind: 'interval' } as const] : input;
    return { ref, place: `input_${i}`, reads };
  });
  const timeColumn = node.timeColumn === undefined ? 'day' : node.timeColumn;
  switch (type) {
    case 'source':
      return {
        kind: 'source',
        format: 'csv',
        path: 'x.csv',
        options: {},
        columns: [],
        timeColumn,
        freshness: null,
        checks: [],
      };
    case 'rule':
      return { kind: 'rule', inputs, checks: [] };
    case 'exposure':
      return { kind: 'exposure', format: 'csv', path: 'target/x.csv', inputs };
    case 'transform':
      return {
        kind: 'transform',
        mode: node.mode ?? 'incremental_by_time',
        sql: { template: node.sql ?? '', place, indent: 0 },
        params: {},
        inputs,
        timing:
          (node.mode ?? 'incremental_by_time') === 'incremental_by_time' || node.schedule !== undefined
            ? { ...DAILY, ...(node.schedule !== undefined && { schedule: node.schedule }), ...node.timing }
            : null,
        timeColumn,
        outOfRange: 'fail',
        onChange: node.onChange ?? 'keep',
        volatile: node.volatile ?? [],
        checks: (node.accepts === undefined ? [] : [node.accepts]).map((values) => ({
          type: 'accepted_values',
          columns: ['day'],
          values,
          severity: 'error',
          message: null,
          place,
        })),
      };
    default:
      return { kind: 'unsupported', reason: `${type} nodes are not supported yet`, inputs };
  }
}

/** What the state says of a snapshot of which these intervals are done. */
export const recordOf = (snapshot: Snapshot, done: readonly Interval[]): SnapshotRecord => ({
  ...snapshot,
  generation: 0,
  done: intervalSet(done),
  seq: done.length,
  columns: null,
  rows: null,
  version: null,
});

export const EMPTY: StateView = { snapshots: {}, environments: {}, proofs: {} };

/** `prod` after its first switch, which showed these. */
export const prodShowing = (pointers: EnvironmentRecord['pointers']): EnvironmentRecord => ({
  name: 'prod',
  epoch: 1,
  pointers,
  previous: null,
  createdAt: 0,
  switchedAt: 0,
  expiresAt: null,
});
