import type { Dialect } from '../dialect.ts';
import { unicodeBlanks } from '../dialect.ts';
import type { Token } from '../lexer.ts';
import { SqlError } from '../sql-error.ts';
import { splitStatements } from '../statements.ts';
import { checkTables } from '../table-tokens.ts';
import type { Query } from '../tree.ts';
import { readableTokens } from './cursor.ts';
import { opaqueQuery } from '../opaque-query.ts';
import { lowerNodeSqlParser } from './lower-node-sql-parser.ts';

/** Reads one query. */
export type LightParser = (sql: string) => Query;

/** Longer texts, in UTF-16 units, and brackets nested more deeply are not given to node-sql-parser. */
export const lightParserLimits = { length: 500_000, depth: 300 } as const;

/**
 * A parser that needs no database: node-sql-parser in its dialect `postgresql`, loaded when this is called
 * (72 kB compressed in a browser), under the guard of `lowerNodeSqlParser`. What it cannot read, and what is
 * beyond `lightParserLimits`, is an `OpaqueQuery` with the reason; so are statements other than queries.
 *
 * @returns A parser that throws {SqlError} `SQL_NOT_ONE_STATEMENT` unless the text holds exactly one statement,
 *   and as `tokenize`.
 * @throws {SqlError} `SQL_UNKNOWN_DIALECT`.
 */
export async function lightParser(dialect: Dialect): Promise<LightParser> {
  if (!['duckdb', 'postgres', 'generic'].includes(dialect)) throw SqlError.unknownDialect(dialect);
  const { default: build } = await import('#node-sql-parser/postgresql');
  const parser = new build.Parser();
  const astify = (sql: string): unknown => parser.astify(sql, { database: 'postgresql' });
  return (sql) => {
    const tokens = readableTokens(sql, dialect);
    const { length } = splitStatements(sql, dialect);
    if (length !== 1) throw SqlError.notOneStatement(length);
    const opaque = (reason: string): Query => opaqueQuery(sql, dialect, reason);
    if (sql.length > lightParserLimits.length)
      return opaque(`longer than ${lightParserLimits.length} characters`);
    if (isTooDeep(tokens)) return opaque(`brackets nested deeper than ${lightParserLimits.depth}`);
    if (unicodeBlanks.test(sql)) return opaque('a blank outside ASCII is not understood');
    let ast: unknown;
    try {
      ast = astify(readable(sql, tokens));
    } catch (error) {
      return opaque(reasonOf(error));
    }
    return checkTables(sql, lowerNodeSqlParser(sql, ast, dialect), dialect);
  };
}

function isTooDeep(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some(({ text }) => {
    if (text === '(' || text === '[' || text === '{') depth += 1;
    else if (text === ')' || text === ']' || text === '}') depth -= 1;
    return depth > lightParserLimits.depth;
  });
}

/** The text with blanks for comments, of which node-sql-parser does not know that they nest. */
function readable(sql: string, tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) {
    text += sql.slice(text.length, token.start).replace(/[^\n\r]/g, ' ') + token.text;
  }
  return text;
}

/** Its message lists everything it would have taken; the place says more. */
function reasonOf(error: unknown): string {
  const start = (error as { readonly location?: { readonly start?: { line: number; column: number } } })
    .location?.start;
  return start
    ? `node-sql-parser stops at line ${start.line}, column ${start.column}`
    : 'node-sql-parser does not come to an end';
}
