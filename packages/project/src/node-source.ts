import { isAbsolute } from 'node:path';

import { nearest, type Json, type JsonObject, type SourceSpec } from '@seeknal/manifest';

import { auditsOf, durationAt } from './checks.ts';
import { declaredColumns } from './declared-columns.ts';
import { definitionOf } from './definition.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { readerOptions } from './reader-options.ts';
import type { RawNode } from './raw-node.ts';
import { runsLater, valueWithTemplates } from './value-templates.ts';

const FORMATS: { readonly [source: string]: SourceSpec['format'] } = {
  csv: 'csv',
  parquet: 'parquet',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};
/** Known to projects, but each needs another system. */
const ELSEWHERE = [
  'excel',
  'sqlite',
  'postgresql',
  'postgres',
  'hive',
  'starrocks',
  'iceberg',
  'bigquery',
  'snowflake',
  'redshift',
  'mysql',
  'duckdb',
  's3',
  'delta',
];

/** A source of files; one that lives in another system is kept, and said not to run. */
export function parseSource(raw: RawNode, context: NodeContext): ParsedNode | null {
  const type = (raw.config['source'] as string).toLowerCase();
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (format === undefined) return elsewhere(raw, context, type);
  const table = valueWithTemplates(raw, ['table'], raw.config['table'] as Json, context);
  if (typeof table !== 'string') return null;
  if (runsLater(table)) {
    raw.report(
      ['table'],
      'TEMPLATE_INVALID',
      'The path of a source cannot depend on the run.',
      'Write it out, or use {{ env:NAME }}.',
    );
    return null;
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(table))
    return unsupportedNode(raw, context, `Reading ${table.split(':')[0]}:// paths`, ['table']);
  const other = ['materialization', 'materializations'].find((key) => raw.config[key] !== undefined);
  if (other !== undefined) return unsupportedNode(raw, context, 'Materialising a source elsewhere', [other]);
  const path = isAbsolute(table)
    ? table.replaceAll('\\', '/')
    : table.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  if (path === '' || path.includes('\0')) {
    raw.report(
      ['table'],
      'VALUE_INVALID',
      'A source needs the path of a file.',
      'Write it relative to the project: data/orders.csv.',
    );
    return null;
  }
  const options = readerOptions(raw, format, context);
  const columns = declaredColumns(raw);
  const timeColumn = (raw.config['time_column'] as string | undefined) ?? null;
  const freshness = freshnessOf(raw);
  const spec: SourceSpec = {
    kind: 'source',
    format,
    path,
    options,
    columns,
    timeColumn,
    freshness,
    checks: auditsOf(raw),
  };
  return {
    raw,
    inputs: [],
    timeColumn,
    provesInterval: () => false,
    finish: () => ({
      spec,
      definition: definitionOf(
        raw.config,
        ['source', 'table', 'params', 'schema', 'columns', 'time_column', 'freshness', 'connection'],
        { kind: 'source', format, path, options, columns: columns as unknown as Json, timeColumn, freshness },
        [],
      ),
    }),
  };
}

function elsewhere(raw: RawNode, context: NodeContext, type: string): ParsedNode | null {
  if (!ELSEWHERE.includes(type)) {
    const near = nearest(type, [...Object.keys(FORMATS), ...ELSEWHERE]);
    raw.report(
      ['source'],
      'VALUE_INVALID',
      `Unknown type of source "${type}".`,
      near === null ? 'Known are: csv, parquet, json, jsonl.' : `Did you mean "${near}"?`,
    );
    return null;
  }
  const params = (raw.config['params'] ?? {}) as JsonObject;
  const name = (raw.config['connection'] ?? params['connection']) as string | undefined;
  const connection = name === undefined ? null : context.profiles.connection(name);
  return unsupportedNode(
    raw,
    context,
    `A source of type ${type}`,
    ['source'],
    connection === null ? {} : { connection },
  );
}

function freshnessOf(raw: RawNode): SourceSpec['freshness'] {
  const written = raw.config['freshness'] as
    | {
        readonly time_column: string;
        readonly warn_after?: string | number;
        readonly error_after?: string | number;
      }
    | undefined;
  if (written === undefined) return null;
  const ms = (key: 'warn_after' | 'error_after'): number | null =>
    written[key] === undefined ? null : durationAt(raw, written[key], ['freshness', key]);
  return { timeColumn: written.time_column, warnAfterMs: ms('warn_after'), errorAfterMs: ms('error_after') };
}
