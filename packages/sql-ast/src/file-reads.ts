import type { Dialect } from './dialect.ts';
import { foldCase } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { tablePositions } from './table-positions.ts';
import { nameOf, stringOf } from './token-word.ts';

/** A file, or a pattern of files, that a query reads without a source node. */
export interface FileRead {
  /** As written; null when it is not a literal, so that nobody can tell which file it is. */
  readonly path: string | null;
  readonly start: number;
}

/** DuckDB 1.5.6: the table functions of `duckdb_functions()` whose first argument is a file. */
const readers = new Set(
  `glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata
  parquet_scan parquet_schema read_blob read_csv read_csv_auto read_duckdb read_json read_json_auto
  read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects read_parquet
  read_text sniff_csv read_xlsx st_read iceberg_scan delta_scan sqlite_scan postgres_scan mysql_scan`.split(
    /\s+/,
  ),
);

/** A quoted name in the place of a table that DuckDB takes for a file when no table has it. */
const looksLikeFile =
  /[/\\*?]|\.(csv|tsv|txt|json|jsonl|ndjson|parquet|xlsx|db|duckdb|arrow|avro|lance)(\.(gz|zst))?$/i;

/**
 * Lists the files a query reads by itself, in order: the literal first argument of a reading function, one
 * entry per file of a list, and strings (or quoted file names) in the place of a table.
 *
 * @throws {SqlError} As `tokenize`.
 */
export function usesFileDirectly(sql: string, dialect: Dialect = 'duckdb'): readonly FileRead[] {
  const tokens = tokenize(sql, dialect).filter(({ kind }) => kind !== 'comment');
  const tables = tablePositions(tokens);
  return tokens.flatMap((token, at) => {
    if (tokens[at + 1]?.text === '(' && readers.has(foldCase(nameOf(token) ?? ''))) {
      return firstArgument(tokens, at + 2, token.start);
    }
    if (!tables.has(token)) return [];
    if (token.kind === 'string') return [{ path: stringOf(token) ?? null, start: token.start }];
    const name = token.kind === 'quoted' ? nameOf(token) : undefined;
    return name !== undefined && looksLikeFile.test(name) ? [{ path: name, start: token.start }] : [];
  });
}

/** The files of a string, or of a list of strings; one unknown file for anything else. */
function firstArgument(tokens: readonly Token[], from: number, start: number): readonly FileRead[] {
  const isList = tokens[from]?.text === '[';
  const files: FileRead[] = [];
  for (let at = isList ? from + 1 : from; at < tokens.length; at += 2) {
    const path = stringOf(tokens[at]);
    if (path === undefined) break;
    files.push({ path, start: tokens[at]!.start });
    const after = tokens[at + 1]?.text ?? '';
    if (after === (isList ? ']' : ')') || (!isList && after === ',')) return files;
    if (after !== ',') break;
  }
  return [{ path: null, start }];
}
