import { parseInstant, schedule, type Instant } from '@seeknal/intervals';
import type { Timing, TransformSpec } from '@seeknal/manifest';

import type { Findings } from './problem.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { RawNode } from './raw-node.ts';
import { attempt } from './settings.ts';

/** Shorthands and presets as the five fields they stand for. */
const SHORTHANDS: { readonly [name: string]: string } = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  midnight: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
};

/** Five fields with one blank between them: equal schedules have equal text where they are written alike. */
export function fiveFields(expression: string): string {
  const text = expression.trim().replaceAll(/\s+/g, ' ');
  return SHORTHANDS[text.replace(/^@/, '').toLowerCase()] ?? text;
}

/** A key at the top of a transform or under `materialization`. */
export function mannerOf<T>(node: RawNode, key: string): T | undefined {
  const nested = (node.config['materialization'] ?? {}) as { readonly [key: string]: unknown };
  const top = node.config[key];
  const inner = Object.hasOwn(nested, key) ? nested[key] : undefined;
  if (top !== undefined && inner !== undefined && top !== inner) {
    node.report(
      ['materialization', key],
      'VALUE_INVALID',
      `"${key}" is ${JSON.stringify(inner)} here and ${JSON.stringify(top)} at the top of the node.`,
      'Keep one of the two.',
    );
  }
  return (top ?? inner) as T | undefined;
}

/**
 * The timing of a transform whose schedule is its own or, where the project has one and the node is
 * incremental, the project's. Null without a schedule, or with one that cannot be read.
 */
export function timingOf(
  node: RawNode,
  mode: TransformSpec['mode'],
  timeColumn: string | null,
  settings: ProjectSettings,
  findings: Findings,
): Timing | null {
  const { config } = node;
  const isIncremental = mode !== 'full' && mode !== 'view';
  const own = config['schedule'] as string | undefined;
  const expression = own ?? (isIncremental ? settings.defaults.schedule : null);
  if (expression === null) {
    reportWithoutSchedule(node, isIncremental);
    return null;
  }
  const zoneKey = config['time_zone'] === undefined ? 'timezone' : 'time_zone';
  const timeZone = (config[zoneKey] as string | undefined) ?? settings.defaults.timeZone;
  const here = <T>(path: readonly string[], read: () => T): T | null =>
    attempt(node.file, [...node.base, ...path], findings, read);
  if (here([zoneKey], () => schedule('@daily', { timeZone })) === null) return null;
  const fields = fiveFields(expression);
  if (here(['schedule'], () => schedule(fields, { timeZone })) === null) return null;
  const instant = (key: 'start' | 'end'): Instant | null => {
    const value = config[key] as string | number | undefined;
    return value === undefined ? null : here([key], () => parseInstant(String(value), { timeZone }));
  };
  const start = instant('start') ?? settings.defaults.start;
  const end = instant('end');
  if (start !== null && end !== null && start >= end) {
    node.report(
      ['end'],
      'VALUE_INVALID',
      'The end is not after the start.',
      'Swap them, or leave the end out.',
    );
  }
  // An upsert shows a state of the world only while no interval before the newest is missing.
  const dependsOnPast = mode === 'upsert_by_key' || (mannerOf<boolean>(node, 'depends_on_past') ?? false);
  const batchSize = mannerOf<number>(node, 'batch_size') ?? null;
  if (batchSize !== null && batchSize > 1 && (timeColumn === null || dependsOnPast)) {
    const why =
      mode === 'upsert_by_key' || mode === 'append'
        ? `the mode ${mode} makes one at a time`
        : dependsOnPast
          ? 'depends_on_past is set'
          : 'there is no time_column to tell intervals apart by';
    node.report(
      ['batch_size'],
      'VALUE_INVALID',
      `A task cannot take ${batchSize} intervals: ${why}.`,
      'Leave batch_size out.',
    );
  }
  return {
    schedule: fields,
    timeZone,
    start,
    end,
    lookback: mannerOf<number>(node, 'lookback') ?? 0,
    batchSize: timeColumn === null || dependsOnPast ? 1 : batchSize,
    concurrency: dependsOnPast ? 1 : (mannerOf<number>(node, 'concurrency') ?? null),
    dependsOnPast,
  };
}

function reportWithoutSchedule(node: RawNode, isIncremental: boolean): void {
  if (isIncremental) {
    node.report(
      ['mode'],
      'KEY_MISSING',
      'An incremental node needs a schedule.',
      'Add it: schedule: "@daily".',
    );
    return;
  }
  for (const key of ['start', 'end', 'lookback', 'batch_size', 'depends_on_past', 'time_zone', 'timezone']) {
    if (node.config[key] !== undefined) {
      node.report(
        [key],
        'VALUE_INVALID',
        `"${key}" means nothing without a schedule.`,
        'Add a schedule, or remove it.',
      );
    }
  }
}
