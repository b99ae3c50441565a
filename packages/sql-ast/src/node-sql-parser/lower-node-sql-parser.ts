import { opaqueQuery } from '../opaque-query.ts';
import type { Dialect } from '../dialect.ts';
import type { Query } from '../tree.ts';
import { astNode, astType } from './ast.ts';
import { cursorOver, expect } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readExpression } from './items-of.ts';
import { readQuery } from './query.ts';
import { Refusal, refuse } from './refusal.ts';

/**
 * The neutral tree of a query that node-sql-parser has parsed in its dialect `postgresql`. Its tree is only
 * believed as far as the text confirms it: every token is looked for, in order, where the tree says that it
 * stands; names, literals and the nesting of operators are taken from the text; what is not known to be
 * represented faithfully is refused.
 *
 * @param ast What `astify` gave.
 * @returns An `OpaqueQuery` of the whole, with the reason, where anything is refused.
 * @throws {SqlError} As `tokenize`.
 */
export function lowerNodeSqlParser(sql: string, ast: unknown, dialect: Dialect): Query {
  try {
    const reader = readerOver(sql, dialect);
    const statements = Array.isArray(ast) ? ast : [ast];
    if (statements.length !== 1) refuse('several statements');
    const type = astType(statements[0]);
    if (type !== 'select') refuse(`a ${type.toUpperCase()} statement is no query`);
    const query = readQuery(reader, statements[0]);
    while (reader.tokens[reader.at]?.text === ';') reader.at += 1;
    const left = reader.tokens[reader.at];
    if (left) refuse(`the tree ends before ${left.text}`);
    return query;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return opaqueQuery(sql, dialect, error.message);
  }
}

function readerOver(sql: string, dialect: Dialect): Reader {
  const reader: Reader = {
    ...cursorOver(sql, dialect),
    expression: (ast) => readExpression(reader, ast),
    subquery: (ast) => {
      expect(reader, '(');
      const query = readQuery(reader, statementOf(ast));
      expect(reader, ')');
      return query;
    },
  };
  return reader;
}

/** The query in a wrapping with what it reads, or by itself. */
const statementOf = (ast: unknown): unknown =>
  astType(ast) === 'subquery' ? astNode(ast, 'ast', 'tableList', 'columnList', 'parentheses')['ast'] : ast;
