import type { Call, Case, Expression, Operation, Span } from '../tree.ts';

/** A call of nothing but a name and arguments. */
export const plainCall = (name: string, values: readonly Expression[], span: Span): Call => ({
  kind: 'call',
  name,
  schema: null,
  arguments: values.map((value) => ({ name: null, value })),
  distinct: false,
  filter: null,
  orderBy: [],
  nulls: null,
  over: null,
  exportState: false,
  span,
});

export const operation = (
  operator: string,
  operands: readonly Expression[],
  span: Span | null,
): Operation => ({
  kind: 'operation',
  operator,
  operands,
  span,
});

/** `WHEN when THEN result`. */
export const caseBranch = (when: Expression, result: Expression): Case['branches'][number] => ({
  when,
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the tree
  then: result,
});
