import type { ExpressionContext, FromMeaning, QueryContext, Scope } from './analysis.ts';
import { nothingSeen } from './expression.ts';
import { scopeOf } from './scope.ts';

/** Where a relation stands: `left` is what stands to its left, which it may refer to. */
export interface FromContext extends QueryContext {
  readonly left: Pick<FromMeaning, 'entries' | 'merged'>;
  /** Counts the relations; null where there is only one, which then needs no number. */
  readonly count: { next: number } | null;
}

/** What stands to the left, as a scope. */
export const leftScope = ({ left: { entries, merged }, outer }: FromContext): Scope =>
  scopeOf(entries, outer, merged);

/** Where an expression of FROM stands: beside what is left of it, unless told otherwise. */
export function expressionContext(
  context: FromContext,
  scope: Scope = leftScope(context),
): ExpressionContext {
  const { analysis, ctes } = context;
  const none = analysis.terms.of('no order');
  const over = analysis.terms.of('from');
  return {
    scope,
    ctes,
    analysis,
    over,
    groups: '',
    order: none,
    input: null,
    star: null,
    seen: nothingSeen(),
  };
}
