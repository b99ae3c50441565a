import { opaqueQuery } from '../opaque-query.ts';
import { SqlError } from '../sql-error.ts';
import type { OrderTerm, Query } from '../tree.ts';
import { TOO_DEEP, withinStack } from '../within-stack.ts';
import { parseExactly } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { Fields, readable, readFields } from './fields.ts';
import { lowerAliased, lowerExpression } from './lower-expression.ts';
import { lowerQuery, lowerStatement } from './lower-query.ts';
import { lowerRelation } from './lower-relation.ts';
import type { Lowering } from './lowering.ts';
import { SpanTable, unitAt } from './span-table.ts';
import { orderSpan } from './query-spans.ts';

/**
 * Makes a tree of DuckDB's own. What the tree has no place for is opaque, never left out.
 *
 * @param sql The text DuckDB was given.
 * @param json Its answer to `json_serialize_sql(sql)`, as text, nothing skipped: as an object, large numbers
 *   would already be rounded.
 * @throws {SqlError} `SQL_SYNTAX` where DuckDB cannot read the text; `SQL_NOT_ONE_STATEMENT` unless there is
 *   exactly one; and as `tokenize`.
 */
export function lowerDuckDb(sql: string, json: string): Query {
  const spans = new SpanTable(sql);
  const opaque = (reason: string): Query => opaqueQuery(sql, 'duckdb', reason);
  return withinStack(
    () => readable(() => lowerAnswer(spans, readAnswer(parseExactly(json))), opaque),
    () => opaque(TOO_DEEP),
  );
}

function lowerAnswer(spans: SpanTable, answer: Answer): Query {
  const { sql } = spans;
  if (answer.kind === 'error') {
    if (answer.isNoQuery) return opaqueQuery(sql, 'duckdb', answer.message);
    throw SqlError.syntax(sql, unitAt(sql, answer.position), answer.message);
  }
  const [statement] = answer.statements;
  if (statement === undefined || answer.statements.length > 1) {
    throw SqlError.notOneStatement(answer.statements.length);
  }
  return lowerStatement(lowering(spans), statement);
}

function lowering(spans: SpanTable): Lowering {
  const parts: Lowering = {
    spans,
    expression: (json) => lowerExpression(parts, json),
    optional: (json) => (json === null ? null : lowerExpression(parts, json)),
    expressions: (list) => list.map((json) => lowerExpression(parts, json)),
    aliased: (json) => lowerAliased(parts, json),
    orders: (list) => list.map((json) => readFields(json, (fields) => lowerOrder(parts, fields))),
    query: (node) => lowerQuery(parts, node),
    statement: (json) => lowerStatement(parts, json),
    relation: (json) => lowerRelation(parts, json),
  };
  return parts;
}

const directions = new Map([
  ['ORDER_DEFAULT', false],
  ['ASCENDING', false],
  ['DESCENDING', true],
]);

const nullOrders = new Map<string, boolean | null>([
  ['ORDER_DEFAULT', null],
  ['NULLS FIRST', true],
  ['NULLS LAST', false],
]);

function lowerOrder(lowering: Lowering, fields: Fields): OrderTerm {
  const descending = fields.word('type', directions);
  const nullsFirst = fields.word('null_order', nullOrders);
  const expression = lowering.expression(fields.take('expression'));
  return { expression, descending, nullsFirst, span: orderSpan(lowering.spans, expression.span) };
}

type Answer =
  | { readonly kind: 'statements'; readonly statements: readonly Json[] }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly isNoQuery: boolean;
      readonly position: number;
    };

function readAnswer(json: Json): Answer {
  const fields = new Fields(json);
  if (!fields.flag('error')) return { kind: 'statements', statements: fields.list('statements') };
  const message = fields.text('error_message');
  const position = fields.has('position') ? Number(fields.text('position')) : 0;
  return { kind: 'error', message, isNoQuery: message.startsWith('Only SELECT statements'), position };
}
