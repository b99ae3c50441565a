import { canonicalSql, tableReferences, type Query, type SelectItem } from '@seeknal/sql-ast';

import { short } from './excerpt.ts';
import { queryReader, type ReadOptions } from './read-query.ts';

/** What one query says, for those who need no tree: its canonical text, its columns, its tables. */
export class SQLParser {
  readonly #options: ReadOptions;

  constructor(options: ReadOptions = {}) {
    this.#options = options;
  }

  /** The text without layout and comments; equal texts are the same query. @throws {SqlError} As `tokenize`. */
  normalize(sql: string): string {
    return canonicalSql(sql, this.#options.dialect);
  }

  /**
   * The output columns in order: their aliases or names; `*` and `t.*` where only a schema could tell; the
   * expression itself where it has no name. Empty for what could not be read.
   *
   * @throws {SqlError} As `classifySqlChange`.
   */
  async extractColumns(sql: string): Promise<readonly string[]> {
    const query = await this.#read(sql);
    return itemsOf(query).map((item) => columnName(item, sql));
  }

  /**
   * The tables, views and files read, each once, in order: names as spelt, parts joined by dots. CTEs are not
   * among them.
   *
   * @throws {SqlError} As `classifySqlChange`.
   */
  async extractDependencies(sql: string): Promise<readonly string[]> {
    const { tables } = tableReferences(await this.#read(sql));
    return [...new Set(tables.map(({ name }) => name.join('.')))];
  }

  async #read(sql: string): Promise<Query> {
    const read = await queryReader(this.#options);
    return read(sql);
  }
}

/** The first branch of a set operation names its columns. */
function itemsOf(query: Query): readonly SelectItem[] {
  let at: Query | undefined = query;
  while (at !== undefined && at.kind !== 'select') {
    if (at.kind === 'opaque-query') return [];
    at = at.kind === 'set-operation' ? at.branches[0] : at.start;
  }
  return at?.items ?? [];
}

function columnName({ alias, expression, span }: SelectItem, sql: string): string {
  if (alias !== null) return alias;
  if (expression.kind === 'column') return expression.path.at(-1) as string;
  if (expression.kind === 'star' && !expression.columns)
    return [...(expression.relation ?? []), '*'].join('.');
  const place = expression.span ?? span;
  return place === null ? expression.kind : short(sql.slice(place.start, place.end));
}
