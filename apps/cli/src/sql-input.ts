import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Schema } from '@seeknal/sql-ast';

import { CliError } from './errors.ts';
import type { Session } from './session.ts';

/** @throws {CliError} `CLI_FILE_UNREADABLE`. */
export async function textOf({ io }: Session, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw CliError.unreadable(file, String((error as { readonly code?: unknown }).code));
  }
}

/**
 * Columns of tables from a JSON file: `{"orders": {"id": "INTEGER"}}`.
 *
 * @throws {CliError} `CLI_FILE_UNREADABLE`, `CLI_SCHEMA_INVALID`.
 */
export async function schemaOf(session: Session, file: string): Promise<Schema> {
  const text = await textOf(session, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw CliError.schemaInvalid(file, `it is not JSON: ${(error as { readonly message: string }).message}`);
  }
  if (!isObject(value)) throw CliError.schemaInvalid(file, 'it is not an object of tables');
  for (const [table, columns] of Object.entries(value)) {
    if (!isObject(columns)) throw CliError.schemaInvalid(file, `table ${table} is not an object of columns`);
    for (const [column, type] of Object.entries(columns)) {
      if (typeof type !== 'string')
        throw CliError.schemaInvalid(file, `the type of ${table}.${column} is not a text`);
    }
  }
  return value as Schema;
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
