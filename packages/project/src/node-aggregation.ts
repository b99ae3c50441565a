import { nearest } from '@seeknal/manifest';

import {
  aggregateFunction,
  aggregationSql,
  FUNCTION_NAMES,
  type Aggregate,
  type AggregateFunction,
} from './aggregation-sql.ts';
import { auditsOf } from './checks.ts';
import { generatedSql, wholeNode } from './generated-node.ts';
import { declaredInputs } from './node-inputs.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import type { RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';

interface Feature {
  readonly name: string;
  readonly column?: string;
  readonly basic?: readonly string[];
  readonly rolling?: Rolling | readonly Rolling[];
  readonly ratio?: readonly {
    readonly numerator: readonly number[];
    readonly denominator: readonly number[];
    readonly aggs?: readonly string[];
  }[];
  readonly since?: readonly { readonly condition: string; readonly aggs?: readonly string[] }[];
}

interface Rolling {
  readonly window: string | number | readonly number[];
  readonly aggs?: readonly string[];
  readonly functions?: readonly string[];
}

/** What the SQL of an aggregation says all of. */
const IN_SQL = ['id_col', 'feature_date_col', 'application_date_col', 'group_by', 'features', 'source'];

/** An aggregation: a row for each id and application date, a column for each aggregate of each feature. */
export function parseAggregation(raw: RawNode, context: NodeContext): ParsedNode | null {
  const { config } = raw;
  for (const key of ['materialization', 'materializations'])
    if (config[key] !== undefined)
      return unsupportedNode(raw, context, 'Materialising in another system', [key]);
  const inputs = declaredInputs(raw, context.ids);
  const source = typeof config['source'] === 'string' ? context.ids.find(config['source']) : undefined;
  const from = inputs.find(({ ref }) => ref === source) ?? inputs[0];
  if (from === undefined) {
    if (config['source'] === undefined && config['inputs'] === undefined)
      raw.report(
        [],
        'KEY_MISSING',
        `${raw.id} has nothing to aggregate.`,
        'Add it: source: transform.orders',
      );
    return null;
  }
  const aggregates = aggregatesOf(raw);
  const id = config['id_col'] as string;
  const groupBy = [
    ...new Set([
      id,
      config['application_date_col'] as string,
      ...((config['group_by'] ?? []) as readonly string[]),
    ]),
  ];
  reportTwice(raw, groupBy, aggregates);
  const sql = aggregationSql({
    from: from.place,
    id,
    featureDate: config['feature_date_col'] as string,
    groupBy,
    aggregates,
  });
  return wholeNode(
    raw,
    {
      sql: generatedSql(raw, ['features'], sql),
      sqlPath: ['features'],
      inputs,
      replaces: IN_SQL,
      checks: auditsOf(raw),
    },
    context,
  );
}

function aggregatesOf(raw: RawNode): readonly Aggregate[] {
  const features = raw.config['features'] as unknown as readonly Feature[];
  return features.flatMap((feature, i) => {
    const at = ['features', i];
    return aggregatesOfFeature(raw, feature, at);
  });
}

function aggregatesOfFeature(raw: RawNode, feature: Feature, at: YamlPath): readonly Aggregate[] {
  const { name, column = name } = feature;
  const aggregates: Aggregate[] = [];
  let isEmpty = true;
  const add = (
    written: string,
    path: YamlPath,
    known: readonly string[],
    make: (short: string, of: AggregateFunction) => Pick<Aggregate, 'name' | 'over'>,
  ): void => {
    isEmpty = false;
    const short = written.toLowerCase();
    const of = known.includes(short) ? aggregateFunction(short) : null;
    if (of === null) return reportFunction(raw, path, written, known);
    aggregates.push({ column, function: of, ...make(short, of) });
  };
  feature.basic?.forEach((agg, i) => {
    add(agg, [...at, 'basic', i], FUNCTION_NAMES, (_, of) => ({
      name: `${name}_${of.toLowerCase()}`,
      over: { kind: 'group' },
    }));
  });
  const rolling = feature.rolling === undefined ? [] : [feature.rolling].flat();
  for (const [i, { window, aggs, functions }] of (rolling as readonly Rolling[]).entries()) {
    const path = [...at, 'rolling', ...(Array.isArray(feature.rolling) ? [i] : [])];
    for (const days of daysOf(window)) {
      for (const [j, agg] of (aggs ?? functions ?? []).entries()) {
        add(agg, [...path, aggs === undefined ? 'functions' : 'aggs', j], FUNCTION_NAMES, (_, of) => ({
          name: `${name}_${of.toLowerCase()}_${days}d`,
          over: { kind: 'rolling', days },
        }));
      }
    }
  }
  feature.ratio?.forEach(({ numerator, denominator, aggs = ['sum'] }, i) => {
    for (const n of numerator)
      for (const d of denominator)
        for (const [j, agg] of aggs.entries())
          add(agg, [...at, 'ratio', i, 'aggs', j], FUNCTION_NAMES, (short) => ({
            name: `${name}_${short}_ratio_${n}d_${d}d`,
            over: { kind: 'ratio', numerator: n, denominator: d },
          }));
  });
  feature.since?.forEach(({ condition, aggs = ['count'] }, i) => {
    for (const [j, agg] of aggs.entries())
      add(agg, [...at, 'since', i, 'aggs', j], ['count', 'sum'], (short) => ({
        name: `${name}_${short}_if`,
        over: { kind: 'since', condition },
      }));
  });
  if (isEmpty)
    raw.report(at, 'KEY_MISSING', `The feature "${name}" has no aggregate.`, 'Add it: basic: [sum]');
  return aggregates;
}

/** `30d` and 30 are thirty days; a list holds one number a window. */
const daysOf = (window: Rolling['window']): readonly number[] =>
  typeof window === 'string' ? [Number.parseInt(window, 10)] : typeof window === 'number' ? [window] : window;

function reportFunction(raw: RawNode, path: YamlPath, written: string, known: readonly string[]): void {
  const near = nearest(written, known);
  raw.report(
    path,
    'VALUE_INVALID',
    `Unknown aggregate ${JSON.stringify(written)}.`,
    near === null ? `Write ${known.join(', ')}.` : `Did you mean "${near}"?`,
  );
}

function reportTwice(raw: RawNode, groupBy: readonly string[], aggregates: readonly Aggregate[]): void {
  const seen = new Set<string>();
  for (const name of [...groupBy, ...aggregates.map((each) => each.name)]) {
    const key = name.toLowerCase();
    if (seen.has(key))
      raw.report(
        ['features'],
        'VALUE_INVALID',
        `Two columns of ${raw.id} are called "${name}".`,
        'Give the features different names.',
      );
    seen.add(key);
  }
}
