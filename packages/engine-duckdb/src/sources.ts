import { EngineError, type FileSource } from '@seeknal/engine';
import type { Column, NodeId } from '@seeknal/manifest';

import { describe, findColumn, nearestHint } from './columns.ts';
import type { Session } from './session.ts';
import { literal, quoteName, quoteText } from './sql-text.ts';

/** Names of types as other tools spell them; what is not here is a type of the engine. */
const TYPE_NAMES: { readonly [name: string]: string } = {
  string: 'VARCHAR',
  str: 'VARCHAR',
  text: 'VARCHAR',
  int: 'INTEGER',
  int32: 'INTEGER',
  int64: 'BIGINT',
  long: 'BIGINT',
  number: 'DOUBLE',
  float: 'DOUBLE',
  float64: 'DOUBLE',
  bool: 'BOOLEAN',
  datetime: 'TIMESTAMP',
};

/** The engine's name of a declared type. */
const engineType = (type: string): string => TYPE_NAMES[type.trim().toLowerCase()] ?? type.trim();

const READERS = { csv: 'read_csv', parquet: 'read_parquet', json: 'read_json', jsonl: 'read_json' } as const;

/**
 * A file source as something to SELECT from. Declared columns set types, the others are found in the file;
 * JSON and Parquet are looked at once to know what there is.
 *
 * @throws {EngineError} `ENGINE_INPUT_MISSING` when a file is not there; `ENGINE_SQL` when it cannot be read
 *   as its format, or has no column of a declared name.
 */
export async function fileRelation(session: Session, node: NodeId, file: FileSource): Promise<string> {
  const declared = file.columns.map(({ name, type }) => ({ name, type: engineType(type) }));
  const plain = reader(node, file, {});
  if (declared.length === 0) return plain;
  if (file.format === 'csv') {
    const types = Object.fromEntries(declared.map(({ name, type }) => [name, type]));
    return reader(node, file, { types });
  }
  const found = await describe(session, `FROM ${plain}`, { prefix: `${node}: ` });
  refuseMissing(node, declared, found);
  const typed = found.map(({ name, type }) => ({ name, type: findColumn(declared, name)?.type ?? type }));
  if (file.format === 'parquet') {
    const casts = typed.map(
      ({ name, type }) => `CAST(${quoteName(name)} AS ${typeText(node, type)}) AS ${quoteName(name)}`,
    );
    return `(SELECT ${casts.join(', ')} FROM ${plain})`;
  }
  return reader(node, file, { columns: Object.fromEntries(typed.map(({ name, type }) => [name, type])) });
}

function refuseMissing(node: NodeId, declared: readonly Column[], found: readonly Column[]): void {
  const missing = declared.find(({ name }) => findColumn(found, name) === undefined);
  if (missing === undefined) return;
  throw new EngineError(
    'ENGINE_SQL',
    `${node} declares the column ${missing.name}, which its file has not.`,
    {
      hint: nearestHint(missing.name, found),
    },
  );
}

/** A type comes from YAML and stands in SQL unquoted: letters, digits and the punctuation of nested types only. */
function typeText(node: NodeId, type: string): string {
  if (/^[\w\s(),"[\]]+$/.test(type)) return type;
  throw new EngineError('ENGINE_SQL', `${node} declares a type that is none: ${type}`);
}

function reader(node: NodeId, file: FileSource, extra: { readonly [option: string]: unknown }): string {
  const format = file.format === 'jsonl' ? { format: 'newline_delimited' } : {};
  const options: { readonly [option: string]: unknown } = { ...format, ...file.options, ...extra };
  const settings = Object.entries(options).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new EngineError('ENGINE_SQL', `${node} has a reader option that is none: ${name}`);
    }
    return `, ${name} = ${literal(value)}`;
  });
  return `${READERS[file.format]}([${file.paths.map(quoteText).join(', ')}]${settings.join('')})`;
}
