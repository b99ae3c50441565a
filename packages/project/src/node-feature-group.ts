import type { Check, JsonObject } from '@seeknal/manifest';

import { auditsOf } from './checks.ts';
import { generatedSql, wholeNode } from './generated-node.ts';
import { declaredInputs, type DeclaredInput } from './node-inputs.ts';
import { materializedElsewhere, unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { problemAt } from './problem.ts';
import { quotedName } from './quoted-name.ts';
import type { RawNode } from './raw-node.ts';

/** Keys of `materialization` that send rows to another system. */
const ELSEWHERE = ['type', 'connection', 'table'];

/**
 * A feature group, offline: all rows and columns of its first input, or what its own SQL makes of them. The
 * columns it promises are looked for before the rows are shown.
 */
export function parseFeatureGroup(raw: RawNode, context: NodeContext): ParsedNode | null {
  const { config } = raw;
  const elsewhere = materializedElsewhere(raw, context, ELSEWHERE);
  if (elsewhere !== null) return elsewhere;
  if (config['engine'] !== undefined && config['engine'] !== 'duckdb')
    return unsupportedNode(raw, context, `The engine ${String(config['engine'])}`, ['engine']);
  if (config['mode'] !== undefined && config['mode'] !== 'overwrite')
    return unsupportedNode(raw, context, `A feature group of mode ${String(config['mode'])}`, ['mode']);
  const inputs = declaredInputs(raw, context.ids);
  const [first] = inputs;
  if (first === undefined) {
    if (config['source'] === undefined && config['inputs'] === undefined)
      raw.report(
        [],
        'KEY_MISSING',
        `${raw.id} has no input to take its features from.`,
        'Add it: inputs: [{ref: transform.orders}]',
      );
    return null;
  }
  const kept = (config['materialization'] ?? {}) as JsonObject;
  if (isOn(kept['online']))
    context.findings.warnings.push(
      problemAt(
        raw.file.source,
        raw.placeOf(['materialization', 'online']),
        'NODE_UNSUPPORTED',
        `${raw.id}: an online store is not supported yet.`,
        'Its offline rows are kept as always.',
      ),
    );
  const { transform } = config;
  const hasSql = typeof transform === 'string' && transform.trim() !== '';
  const sql = hasSql
    ? raw.sqlAt(['transform'], transform)
    : generatedSql(raw, config['inputs'] === undefined ? [] : ['inputs'], `SELECT * FROM ${first.place}`);
  return wholeNode(
    raw,
    {
      sql,
      sqlPath: hasSql ? ['transform'] : ['inputs'],
      inputs: hasSql && /\bsource\b/i.test(transform) ? withSourceName(inputs, first) : inputs,
      replaces: ['transform'],
      checks: [...promisedColumns(raw), ...auditsOf(raw)],
    },
    context,
  );
}

const isOn = (written: unknown): boolean =>
  written === true || (written as { readonly enabled?: unknown } | null | undefined)?.enabled === true;

/** The SQL of a feature group may call its first input `source`. */
const withSourceName = (inputs: readonly DeclaredInput[], first: DeclaredInput): readonly DeclaredInput[] => [
  ...inputs,
  { ...first, place: 'source' },
];

/** A check that fails, by their names, where a join key, the event time or a feature is no column. */
function promisedColumns(raw: RawNode): readonly Check[] {
  const { entity, features } = raw.config;
  const kept = (raw.config['materialization'] ?? {}) as JsonObject;
  const keys =
    typeof entity === 'string'
      ? [`${entity}_id`]
      : (((entity as JsonObject)['join_keys'] ?? []) as readonly string[]);
  const time = kept['event_time_col'];
  const named = Array.isArray(features) ? (features as readonly string[]) : Object.keys(features ?? {});
  const columns = new Set([...keys, ...(typeof time === 'string' ? [time] : []), ...named]);
  const list = [...columns].map(quotedName).join(', ');
  const path = named.length > 0 ? ['features'] : ['entity'];
  return [
    {
      type: 'sql',
      severity: 'error',
      message: 'its columns are there',
      place: raw.placeOf(path),
      sql: generatedSql(raw, path, `SELECT ${list} FROM __THIS__ WHERE false`),
    },
  ];
}
