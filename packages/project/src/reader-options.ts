import { nearest, type Json, type JsonObject, type SourceSpec } from '@seeknal/manifest';

import type { NodeContext } from './parsed-node.ts';
import type { RawNode } from './raw-node.ts';
import { valueWithTemplates } from './value-templates.ts';

const CSV = [
  'delim',
  'header',
  'skip',
  'quote',
  'escape',
  'comment',
  'nullstr',
  'dateformat',
  'timestampformat',
  'decimal_separator',
  'thousands',
  'encoding',
  'compression',
  'new_line',
  'all_varchar',
  'ignore_errors',
  'null_padding',
  'strict_mode',
  'sample_size',
  'max_line_size',
  'normalize_names',
  'parallel',
  'allow_quoted_nulls',
  'union_by_name',
  'hive_partitioning',
  'filename',
];
const JSON_OPTIONS = [
  'compression',
  'dateformat',
  'timestampformat',
  'ignore_errors',
  'maximum_object_size',
  'maximum_depth',
  'sample_size',
  'records',
  'convert_strings_to_integers',
  'union_by_name',
  'hive_partitioning',
  'filename',
];
const PARQUET = ['binary_as_string', 'union_by_name', 'hive_partitioning', 'filename', 'file_row_number'];

const OPTIONS: { readonly [format in SourceSpec['format']]: readonly string[] } = {
  csv: CSV,
  json: JSON_OPTIONS,
  jsonl: JSON_OPTIONS,
  parquet: PARQUET,
};
const ALIASES: { readonly [name: string]: string } = {
  delimiter: 'delim',
  sep: 'delim',
  separator: 'delim',
  na_values: 'nullstr',
  null_value: 'nullstr',
};
/** Of the Python tool: they name columns and change no row. */
const WITHOUT_EFFECT = new Set(['dateCol', 'idCol', 'connection']);

/**
 * The options of the reader of a source's files, in the engine's names: `source_defaults` of the profiles,
 * and over them the source's own `params`. Unknown ones are reported.
 */
export function readerOptions(raw: RawNode, format: SourceSpec['format'], context: NodeContext): JsonObject {
  const options: Record<string, Json> = {};
  const type = (raw.config['source'] as string).toLowerCase();
  const defaults = context.profiles.sourceDefaults(type);
  const own = (raw.config['params'] ?? {}) as JsonObject;
  const known = OPTIONS[format];
  for (const [written, isOwn] of [
    ...Object.keys(defaults).map((key) => [key, false] as const),
    ...Object.keys(own).map((key) => [key, true] as const),
  ]) {
    if (WITHOUT_EFFECT.has(written)) continue;
    const name = ALIASES[written] ?? written;
    const path = isOwn ? ['params', written] : ['source'];
    if (!known.includes(name)) {
      const near = nearest(written, [...known, ...Object.keys(ALIASES)]);
      raw.report(
        path,
        'KEY_UNKNOWN',
        `The reader of ${format} files has no option "${written}"${isOwn ? '' : ' (from source_defaults of profiles.yml)'}.`,
        near === null ? `It has ${known.join(', ')}.` : `Did you mean "${near}"?`,
      );
      continue;
    }
    const value = isOwn
      ? valueWithTemplates(raw, path, own[written] as Json, context)
      : (defaults[written] as Json);
    const isList =
      Array.isArray(value) && name === 'nullstr' && value.every((each) => typeof each === 'string');
    if (value === null || (typeof value === 'object' && !isList)) {
      raw.report(path, 'VALUE_INVALID', `The option "${written}" must be a text, a number or a boolean.`);
      continue;
    }
    options[name] = value;
  }
  return options;
}
