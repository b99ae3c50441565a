import type { Instant, Interval } from '@seeknal/intervals';
import { sha256, type Json, type JsonObject, type NodeInput } from '@seeknal/manifest';

import { clockValue, intervalValues } from './interval-values.ts';
import { quotedName } from './quoted-name.ts';
import type { ClockCall } from './template-forms.ts';
import type { Scope } from './template-scope.ts';

/** What the names in a node's SQL stand for while it runs. */
export interface RunValues {
  /** The task's range; null for a node without a schedule, which then sees no `start` and no `end`. */
  readonly interval: Interval | null;
  /** Zone of the node's schedule: decides where days begin. */
  readonly timeZone: string;
  /** The node's `params`. An interval's own names win over them, they win over everything else. */
  readonly params: JsonObject;
  readonly now: Instant;
  readonly runId: string;
  /** The node's inputs, for the names of a map of inputs. */
  readonly inputs?: readonly NodeInput[];
  readonly env?: { readonly [name: string]: string | undefined };
  readonly project?: string;
  /** The project's folder. */
  readonly folder?: string;
}

/** Names whose value differs from run to run; the definition holds them by name. */
const RUN_NAMES = ['run_id', 'run_date', 'workspace_path', 'today', 'yesterday'] as const;

/** What a definition holds in place of a value that only a run has. */
const symbol = (name: string): string => `__seeknal_${name}__`;

/** How the bounds of the interval stand in symbolic SQL, as text of a string literal. */
export const INTERVAL_MARKERS: {
  readonly [name in 'start' | 'end' | 'start_date' | 'end_date' | 'start_ts' | 'end_ts']: string;
} = {
  start: symbol('start'),
  end: symbol('end'),
  start_date: symbol('start_date'),
  end_date: symbol('end_date'),
  start_ts: symbol('start_ts'),
  end_ts: symbol('end_ts'),
};

/**
 * The values of one run.
 *
 * @param getEnv In place of `values.env`, for a caller that records what is asked for.
 */
export function runScope(values: RunValues, getEnv?: Scope['env']): Scope {
  const { timeZone, now, env = {} } = values;
  const clock = (call: ClockCall, shift: number): string => clockValue(call, shift, now, timeZone);
  const interval = values.interval === null ? {} : intervalValues(values.interval, timeZone);
  return scopeOf({
    first: interval,
    params: values.params,
    last: {
      run_id: values.runId,
      run_date: clock('today', 0),
      today: clock('today', 0),
      yesterday: clock('yesterday', 0),
      project_id: values.project ?? '',
      workspace_path: values.folder ?? '',
      ...placeNames(values.inputs ?? []),
    },
    env: getEnv ?? ((name) => (Object.hasOwn(env, name) ? env[name] : undefined)),
    clock,
  });
}

/** What a definition is made with: the interval and the run by name, the environment by hash. */
export function symbolicScope(from: {
  readonly isScheduled: boolean;
  readonly params: JsonObject;
  readonly inputs: readonly NodeInput[];
  readonly project: string;
  readonly env: (name: string) => string | undefined;
}): Scope {
  const { start, end, start_date, end_date, start_ts, end_ts } = INTERVAL_MARKERS;
  const typed = {
    start,
    end,
    start_date,
    end_date,
    start_ts: `TIMESTAMP '${start_ts}'`,
    end_ts: `TIMESTAMP '${end_ts}'`,
  };
  return scopeOf({
    first: from.isScheduled ? typed : {},
    params: from.params,
    last: {
      ...Object.fromEntries(RUN_NAMES.map((name) => [name, symbol(name)])),
      project_id: from.project,
      ...placeNames(from.inputs),
    },
    env: (name) => {
      const value = from.env(name);
      return value === undefined ? undefined : symbol(`env_${name}_${sha256(value).slice(0, 16)}`);
    },
    clock: (call, shift) => symbol(`${call}_${shift}`),
  });
}

/** The names of values that differ from run to run, as they occur in a definition's SQL. */
export function runValuesIn(sql: string): readonly string[] {
  const names = RUN_NAMES.join('|');
  const found = sql.matchAll(
    new RegExp(`__seeknal_((?:${names}|month_start|year_start)(?:_-?\\d+)?)__`, 'g'),
  );
  return [...new Set([...found].map(([, name]) => name as string))];
}

function scopeOf(from: {
  readonly first: { readonly [name: string]: string };
  readonly params: JsonObject;
  readonly last: { readonly [name: string]: string };
  readonly env: Scope['env'];
  readonly clock: Scope['clock'];
}): Scope {
  const layers: readonly JsonObject[] = [from.first, from.params, from.last];
  return {
    value: (name): Json | undefined => layers.find((layer) => Object.hasOwn(layer, name))?.[name],
    env: from.env,
    clock: from.clock,
    ref: quotedRef,
    names: [...new Set(layers.flatMap((layer) => Object.keys(layer)))],
  };
}

/** `kind.name` as SQL names a table. */
export const quotedRef = (ref: string): string => ref.trim().split('.').map(quotedName).join('.');

/** Inputs given as a map are known to SQL by their keys; `input_0` needs no help. */
const placeNames = (inputs: readonly NodeInput[]): { readonly [place: string]: string } =>
  Object.fromEntries(
    inputs.filter(({ place }) => !/^input_\d+$/.test(place)).map(({ place }) => [place, quotedName(place)]),
  );
