import type { Call, Expression } from '../tree.ts';
import type { ExpressionContext, Scope } from './analysis.ts';

/** The name that the engine gives to an item without an alias; for a rare shape, a text of our own. */
export function expressionName(
  expression: Expression,
  context: Pick<ExpressionContext, 'scope' | 'analysis'>,
): string {
  // Inside an expression the engine keeps a column as it was spelt.
  const of = (each: Expression): string =>
    each.kind === 'column' ? each.path.join('.') : expressionName(each, context);
  switch (expression.kind) {
    case 'column':
      return spelling(expression.path, context.scope, context.analysis.fold);
    case 'literal':
      return expression.type === 'VARCHAR' ? `'${expression.value}'` : expression.value;
    case 'call':
      return callName(expression, of);
    case 'cast':
      return `CAST(${of(expression.operand)} AS ${expression.type})`;
    case 'operation':
      if (expression.operator === 'coalesce') return `coalesce(${expression.operands.map(of).join(', ')})`;
      return expression.operands.length === 2
        ? `(${of(expression.operands[0] as Expression)} ${expression.operator.toUpperCase()} ${of(expression.operands[1] as Expression)})`
        : `${expression.operator.toUpperCase()}(${expression.operands.map(of).join(', ')})`;
    default:
      return `${expression.kind} ${expression.span?.start ?? ''}`.trim();
  }
}

/** What else a call can hold is shown as `…`, so that its name is never taken for that of a plain call. */
function callName(
  { name, arguments: given, distinct, filter, ...rest }: Call,
  of: (each: Expression) => string,
): string {
  const isPlain =
    rest.over === null &&
    rest.schema === null &&
    rest.nulls === null &&
    rest.orderBy.length === 0 &&
    !rest.exportState &&
    given.every((argument) => argument.name === null);
  const values = given.map(({ value }) => of(value)).join(', ');
  const kept = filter === null ? '' : ` FILTER (WHERE ${of(filter)})`;
  return `${name}(${distinct ? 'DISTINCT ' : ''}${values})${kept}${isPlain ? '' : ' …'}`;
}

/** A column keeps the spelling of its table, however a query spells it. */
function spelling(path: readonly string[], scope: Scope, fold: (name: string) => string): string {
  const last = path.at(-1) as string;
  const found = scope.entries.flatMap(({ rows }) =>
    rows.columns.filter(({ name }) => fold(name) === fold(last)),
  );
  if (found.length > 0) return (found[0] as { name: string }).name;
  return scope.entries.some(({ rows }) => rows.open !== null) ? fold(last) : last;
}

/** Paths of all columns in a piece of the tree. */
export function columnsIn(piece: unknown): readonly (readonly string[])[] {
  if (Array.isArray(piece)) return piece.flatMap(columnsIn);
  if (typeof piece !== 'object' || piece === null) return [];
  const node = piece as { readonly kind?: string; readonly path?: readonly string[] };
  if (node.kind === 'column' && node.path !== undefined) return [node.path];
  return Object.values(piece).flatMap(columnsIn);
}
