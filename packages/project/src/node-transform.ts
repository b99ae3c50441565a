import { schedule } from '@seeknal/intervals';
import type { Json, JsonObject, SqlText, TransformSpec } from '@seeknal/manifest';

import { auditsOf } from './checks.ts';
import { declaredColumns } from './declared-columns.ts';
import { definitionOf } from './definition.ts';
import { declaredInputs } from './node-inputs.ts';
import { nodeSql } from './node-sql.ts';
import { mannerOf, timingOf } from './node-timing.ts';
import { materializedElsewhere, unsupportedNode } from './node-unsupported.ts';
import { upsertKeysOf } from './upsert-keys.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { problemAt } from './problem.ts';
import type { RawNode } from './raw-node.ts';

/** Keys of `materialization` that send rows to another system. */
const ELSEWHERE = ['type', 'connection', 'table', 'enabled', 'create_table'];
/** What a definition holds resolved. */
const RESOLVED = [
  'transform',
  'sql',
  'params',
  'schedule',
  'time_zone',
  'timezone',
  'materialization',
  'mode',
  'time_column',
  'out_of_range',
  'on_change',
  'depends_on_past',
  'unique_keys',
  'order_by',
  'version_column',
  'columns',
];

/** A transform: its SQL, what it reads, and how its rows are kept. */
export function parseTransform(raw: RawNode, context: NodeContext): ParsedNode | null {
  const { config } = raw;
  const elsewhere = materializedElsewhere(raw, context, ELSEWHERE);
  if (elsewhere !== null) return elsewhere;
  const written = mannerOf<string>(raw, 'mode');
  const text = sqlOf(raw);
  if (text === null) return null;
  const mode = (written ??
    (config['schedule'] === undefined ? 'full' : 'incremental_by_time')) as TransformSpec['mode'];
  const isByTime = mode === 'incremental_by_time';
  const isIncremental = isByTime || mode === 'append' || mode === 'upsert_by_key';
  if (mode === 'view' && config['schedule'] !== undefined) {
    raw.report(
      ['schedule'],
      'VALUE_INVALID',
      'A view has no rows of its own to schedule.',
      'Remove the schedule, or the mode.',
    );
    return null;
  }
  const timeColumn = mannerOf<string>(raw, 'time_column') ?? null;
  if (timeColumn !== null && (mode === 'append' || mode === 'upsert_by_key')) {
    raw.report(
      config['time_column'] === undefined ? ['materialization', 'time_column'] : ['time_column'],
      'VALUE_INVALID',
      `With the mode ${mode} rows belong to the interval that gave them, whatever their time.`,
      'Remove the time_column, or set mode: incremental_by_time.',
    );
    return null;
  }
  const upsert = upsertKeysOf(raw, mode);
  const timing = timingOf(raw, mode, timeColumn, context.settings, context.findings);
  const isScheduled = timing !== null || config['schedule'] !== undefined;
  const sql = nodeSql(
    raw,
    text,
    {
      isScheduled,
      timeZone: timing?.timeZone ?? 'UTC',
      params: (config['params'] ?? {}) as JsonObject,
      declared: declaredInputs(raw, context.ids),
      thisIsOwn: false,
    },
    context,
  );
  if (sql === null) return null;
  if (sql.statements > 1) return unsupportedNode(raw, context, 'SQL of several statements', sqlPath(raw));
  if (isByTime && timing !== null && !sql.usesInterval) {
    raw.problems.push(
      problemAt(
        raw.file.source,
        text.place,
        'NOT_INCREMENTAL',
        `${raw.id} has a schedule, but its SQL uses neither {{ start }} nor {{ end }}: every interval would hold all rows.`,
        'Filter by them, or set `mode: full`.',
      ),
    );
  }
  const spec = (inputs: TransformSpec['inputs']): TransformSpec => ({
    kind: 'transform',
    mode,
    sql: text,
    params: sql.params,
    inputs,
    timing,
    timeColumn,
    ...(upsert !== null && { upsert }),
    outOfRange: mannerOf<'fail' | 'drop'>(raw, 'out_of_range') ?? 'fail',
    onChange: mannerOf<'keep' | 'rebuild'>(raw, 'on_change') ?? 'keep',
    volatile: sql.volatile,
    checks: auditsOf(raw),
  });
  const wholeDays = timing !== null && schedule(timing.schedule, { timeZone: timing.timeZone }).midnightUtc;
  return {
    raw,
    inputs: sql.inputs,
    timeColumn: isIncremental ? timeColumn : null,
    provesInterval: (input, column) =>
      isIncremental && sql.provesInterval(input, column, wholeDays, timing?.timeZone === 'UTC'),
    finish: (inputs) => {
      const made = spec(inputs);
      return {
        spec: made,
        definition: definitionOf(config, RESOLVED, { ...resolved(raw, made), ...sql.definition }, inputs),
      };
    },
  };
}

function resolved(
  raw: RawNode,
  { mode, timing, timeColumn, upsert, outOfRange, onChange }: TransformSpec,
): JsonObject {
  const columns = declaredColumns(raw);
  return {
    kind: 'transform',
    mode,
    time_column: timeColumn,
    out_of_range: outOfRange,
    on_change: onChange,
    schedule: timing?.schedule ?? null,
    time_zone: timing?.timeZone ?? null,
    depends_on_past: timing?.dependsOnPast ?? false,
    ...(upsert === undefined
      ? {}
      : { unique_keys: upsert.keys, order_by: upsert.orderBy, version_column: upsert.version }),
    // Where the rows of an interval depend on those before it, it matters where they begin.
    ...(timing?.dependsOnPast === true ? { start: timing.start } : {}),
    ...(columns.length === 0 ? {} : { columns: columns as unknown as Json }),
  };
}

const sqlPath = (raw: RawNode): readonly string[] =>
  raw.config['sql'] === undefined ? ['transform'] : ['sql'];

function sqlOf(raw: RawNode): SqlText | null {
  const { transform, sql } = raw.config;
  const given = [transform, sql, raw.body].filter((each) => each !== undefined && each !== null);
  if (given.length > 1) {
    raw.report(
      raw.body === null ? ['sql'] : sqlPath(raw),
      'VALUE_INVALID',
      'This node has its SQL twice.',
      'Keep one of the two.',
    );
    return null;
  }
  if (raw.body !== null) return raw.body;
  const path = sqlPath(raw);
  const text = raw.config[path[0] as string];
  if (typeof text === 'string') return raw.sqlAt(path, text);
  raw.report([], 'KEY_MISSING', `${raw.id} has no SQL.`, 'Add it: sql: SELECT …');
  return null;
}
