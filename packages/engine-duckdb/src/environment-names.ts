import { EngineError } from '@seeknal/engine';

import { utf16Offset } from './failures.ts';
import type { Layout } from './layout.ts';
import { serializedSql, walkSerialized, type SerializedNode } from './serialized-sql.ts';
import type { Session } from './session.ts';
import { quoteName, quotePath, quoteText } from './sql-text.ts';

/** What names in the SQL of a view could stand for, other than the tables and views of nodes. */
export interface WarehouseNames {
  /** Schemas in which prod shows nodes, in small letters. */
  readonly kinds: ReadonlySet<string>;
  /** Views and macros that somebody made by hand, in small letters: what is in them is not seen here. */
  readonly handmade: ReadonlySet<string>;
}

/** @param kinds Of the nodes that are to be shown. */
export async function warehouseNames(
  session: Session,
  { catalog, own }: Layout,
  kinds: readonly string[],
): Promise<WarehouseNames> {
  const shown = await session.rows(`SELECT DISTINCT schema FROM ${own('views')} WHERE env = 'prod'`);
  const where = `NOT internal AND database_name = ${quoteText(catalog)}`;
  const handmade = await session.rows(
    `SELECT lower(view_name) FROM duckdb_views() AS found WHERE ${where} AND NOT EXISTS (
       SELECT 1 FROM ${own('views')} AS ours WHERE ours.schema = found.schema_name AND ours.name = found.view_name)
     UNION SELECT lower(function_name) FROM duckdb_functions() WHERE ${where} AND function_name <> 'ref'`,
  );
  return {
    kinds: new Set([...kinds, ...shown.map(([schema]) => String(schema))].map((kind) => kind.toLowerCase())),
    handmade: new Set(handmade.map(([name]) => String(name))),
  };
}

/** A stretch of the author's text and what stands there instead, in bytes of UTF-8 until `spliced`. */
interface Splice {
  readonly at: number;
  /** Matches the old text from `at` on. */
  readonly old: RegExp;
  readonly text: string;
}

/** Functions that read whatever their arguments name. */
const READS_BY_NAME = new Set(['query', 'query_table']);

/** One name as it may be written, quoted or not. */
const NAME = /(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)/uy;
const STRING = /'(?:[^']|'')*'/y;
const NODE = /^\s*([A-Za-z_]\w*)\.([\w.-]+)\s*$/;

/**
 * The author's SELECT with the schemas of node names replaced by those of an environment:
 * `FROM transform.orders` reads `transform__dev.orders`, `ref('transform.orders')` likewise. Nothing else of
 * the text changes, and DuckDB's own reading of both texts proves it.
 *
 * @param schemaOf The schema of the environment for a kind.
 * @throws {EngineError} `ENGINE_SWITCH_REFUSED` where that cannot be shown, because prod's rows would pass for
 *   those of the environment.
 */
export async function inEnvironment(
  session: Session,
  sql: string,
  { kinds, handmade }: WarehouseNames,
  schemaOf: (kind: string) => string,
): Promise<string> {
  // To read the text costs about half a millisecond; most views name their inputs by place.
  const lower = sql.toLowerCase();
  const words = new Set(lower.match(/\w+/g));
  const telling = ['ref', ...READS_BY_NAME, ...kinds, ...handmade];
  if (!telling.some((name) => words.has(name) || (/\W/.test(name) && lower.includes(name)))) return sql;

  const before = await serializedSql(session, sql);
  if (before === null) throw unclear('it cannot be read');
  const names = new Set<string>();
  const aliases = new Set<string>();
  walkSerialized(before, (node) => {
    if (textOf(node, 'alias') !== '') aliases.add(textOf(node, 'alias').toLowerCase());
    if (node['type'] === 'BASE_TABLE' && kinds.has(textOf(node, 'schema_name').toLowerCase())) {
      names.add(`${textOf(node, 'schema_name')}.${textOf(node, 'table_name')}`.toLowerCase());
    }
  });
  const splices: Splice[] = [];
  walkSerialized(before, (node) => {
    const splice = spliceOf(node, { kinds, handmade, names, aliases }, schemaOf);
    if (splice !== null) splices.push(splice);
  });
  const after = spliced(sql, splices);
  const read = await serializedSql(session, after);
  if (read === null || withoutPlaces(read) !== withoutPlaces(before)) {
    throw unclear('its names cannot be told apart from the rest of it');
  }
  return after;
}

interface Known extends WarehouseNames {
  /** Tables that the text names, `kind.name`. */
  readonly names: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
}

/** What of the text has to change for a part of the tree; the part is changed as it will be read then. */
function spliceOf(node: SerializedNode, known: Known, schemaOf: (kind: string) => string): Splice | null {
  const at = Number(node['query_location']);
  if (node['type'] === 'BASE_TABLE') {
    const [schema, table] = [textOf(node, 'schema_name'), textOf(node, 'table_name')];
    if (known.handmade.has(table.toLowerCase()))
      throw unclear(`it reads ${table}, which is a view of its own`);
    if (!known.kinds.has(schema.toLowerCase())) return null;
    if (textOf(node, 'catalog_name') !== '') throw unclear(`it names ${schema}.${table} with its database`);
    node['schema_name'] = schemaOf(schema.toLowerCase());
    return { at, old: NAME, text: quoteName(schemaOf(schema.toLowerCase())) };
  }
  if (node['class'] === 'COLUMN_REF') {
    const parts = node['column_names'] as string[];
    const [schema = '', table = ''] = parts;
    if (parts.length < 3 || !known.names.has(`${schema}.${table}`.toLowerCase())) return null;
    if (known.aliases.has(schema.toLowerCase())) throw unclear(`${schema} is an alias in it too`);
    node['column_names'] = [schemaOf(schema.toLowerCase()), ...parts.slice(1)];
    return { at, old: NAME, text: quoteName(schemaOf(schema.toLowerCase())) };
  }
  return node['class'] === 'FUNCTION' ? spliceOfCall(node, known, schemaOf) : null;
}

function spliceOfCall(
  node: SerializedNode,
  { kinds, handmade }: Known,
  schemaOf: (kind: string) => string,
): Splice | null {
  const name = textOf(node, 'function_name').toLowerCase();
  if (READS_BY_NAME.has(name) || handmade.has(name))
    throw unclear(`it calls ${name}(), which may read anything`);
  if (name !== 'ref') return null;
  const [argument, second] = node['children'] as SerializedNode[];
  const constant = argument?.['value'] as { value?: unknown } | undefined;
  const [, kind, table] = NODE.exec(String(constant?.value)) ?? [];
  if (
    second !== undefined ||
    argument?.['class'] !== 'CONSTANT' ||
    kind === undefined ||
    table === undefined
  ) {
    throw unclear('it calls ref() with something other than the name of a node');
  }
  if (!kinds.has(kind.toLowerCase())) return null;
  const path = quotePath(schemaOf(kind.toLowerCase()), table);
  (constant as { value: string }).value = path;
  return { at: Number(argument['query_location']), old: STRING, text: quoteText(path) };
}

/** @throws {EngineError} `ENGINE_SWITCH_REFUSED` when something else stands where a name should. */
function spliced(sql: string, splices: readonly Splice[]): string {
  let text = sql;
  for (const { at, old, text: instead } of splices.toSorted((a, b) => b.at - a.at)) {
    const start = utf16Offset(sql, at);
    old.lastIndex = start;
    const found = old.exec(sql);
    if (found === null) throw unclear('a name in it cannot be found again');
    text = text.slice(0, start) + instead + text.slice(start + found[0].length);
  }
  return text;
}

const textOf = (node: SerializedNode, field: string): string => {
  const value = node[field];
  return typeof value === 'string' ? value : '';
};

/** Where something stands is no part of what it means. */
const withoutPlaces = (tree: SerializedNode): string =>
  JSON.stringify(tree, (key, value: unknown) => (key === 'query_location' ? undefined : value));

/** Completed by whoever knows which view it is. */
const unclear = (why: string): EngineError => new EngineError('ENGINE_SWITCH_REFUSED', why);
