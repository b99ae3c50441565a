import type { Distinct, Expression, Limit, OrderTerm } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { keywordSpan } from './query-spans.ts';

/** What DuckDB calls the modifiers of a query. */
export interface Modifiers {
  readonly distinct: Distinct | null;
  readonly orderBy: readonly OrderTerm[];
  readonly limit: Limit | null;
  readonly offset: Expression | null;
}

/** @throws {Unreadable} At an unknown one, or two of a kind. */
export function lowerModifiers(lowering: Lowering, list: readonly Json[]): Modifiers {
  const seen = new Set<string>();
  const found = list.map((json) =>
    readFields(json, (fields): Partial<Modifiers> => {
      const type = fields.text('type');
      const kind = type.replace('PERCENT_', '');
      if (seen.has(kind)) throw new Unreadable(`two modifiers of type ${kind}`);
      seen.add(kind);
      switch (kind) {
        case 'DISTINCT_MODIFIER':
          return { distinct: lowerDistinct(lowering, fields) };
        case 'ORDER_MODIFIER':
          return { orderBy: lowering.orders(fields.list('orders')) };
        case 'LIMIT_MODIFIER': {
          const count = lowering.optional(fields.take('limit'));
          const offset = lowering.optional(fields.take('offset'));
          if (count === null) return { offset };
          const span = keywordSpan(lowering.spans, 'limit', [count.span]);
          return { offset, limit: { count, percent: type !== kind, span } };
        }
        default:
          throw new Unreadable(`a modifier of type ${type}`);
      }
    }),
  );
  return Object.assign({ distinct: null, orderBy: [], limit: null, offset: null }, ...found) as Modifiers;
}

function lowerDistinct(lowering: Lowering, fields: Fields): Distinct {
  const on = lowering.expressions(fields.list('distinct_on_targets'));
  const parts = on.map(({ span }) => span);
  return { on: on.length === 0 ? null : on, span: keywordSpan(lowering.spans, 'distinct', parts) };
}
