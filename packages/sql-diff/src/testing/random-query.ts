import type {
  Call,
  Cte,
  Expression,
  OrderTerm,
  Query,
  Relation,
  Select,
  SelectItem,
  Span,
  Window,
} from '@seeknal/sql-ast';
import { randomBits } from '@seeknal/testing';

/** Whole numbers from 0 to below a limit, the same for the same seed. */
export type Dice = (below: number) => number;

export function dice(seed: number): Dice {
  const next = randomBits(seed);
  return (below) => Math.floor((next() / 2 ** 32) * below);
}

/** A text that has a character for every place that `randomQuery` gives. */
export const anyText: string = 'x'.repeat(100_000);

/**
 * A query of every sort of node, with names and values of a few letters, so that two of them often share parts.
 * Every node and part has a place, and lies within the place of what holds it.
 */
export function randomQuery(roll: Dice): Query {
  let at = 0;
  const placed = <T extends object>(make: () => T): T & { readonly span: Span } => {
    const start = at;
    at += 1;
    const made = make();
    at += 1;
    return { ...made, span: { start, end: at } };
  };
  const pick = <T>(...choices: readonly (() => T)[]): T => (choices[roll(choices.length)] as () => T)();
  const list = <T>(least: number, most: number, make: () => T): T[] =>
    Array.from({ length: least + roll(most - least + 1) }, make);
  const letter = (): string => 'abcdefgh'[roll(8)] as string;
  const maybe = <T>(make: () => T): T | null => (roll(3) === 0 ? make() : null);

  const expression = (depth: number): Expression =>
    placed<Omit<Expression, 'span'>>(() => {
      if (depth <= 0 || roll(3) === 0) {
        return pick<Omit<Expression, 'span'>>(
          () => ({ kind: 'column', path: list(1, 2, letter) }) as never,
          () => ({ kind: 'literal', type: 'INTEGER', value: String(roll(5)) }) as never,
        );
      }
      const below = (): Expression => expression(depth - 1);
      return pick<Omit<Expression, 'span'>>(
        () =>
          ({
            kind: 'operation',
            operator: pick(
              () => '+',
              () => 'and',
              () => '=',
            ),
            operands: list(2, 3, below),
          }) as never,
        () => call(depth),
        () =>
          ({
            kind: 'cast',
            type: pick(
              () => 'DATE',
              () => 'BIGINT',
            ),
            isTry: false,
            operand: below(),
          }) as never,
        () =>
          ({
            kind: 'case',
            // eslint-disable-next-line unicorn/no-thenable
            branches: list(1, 2, () => ({ when: below(), then: below() })),
            otherwise: below(),
          }) as never,
        () =>
          ({
            kind: 'subquery',
            form: 'scalar',
            operand: null,
            operator: null,
            query: query(depth - 2),
          }) as never,
        () => ({ kind: 'lambda', parameters: [letter()], body: below() }) as never,
        () => ({ kind: 'opaque-expression', reason: 'strange', text: letter() }) as never,
      );
    }) as Expression;

  const call = (depth: number): Omit<Call, 'span'> => ({
    kind: 'call',
    name: pick(
      () => 'sum',
      () => 'max',
      () => 'f',
    ),
    schema: null,
    arguments: list(0, 2, () => ({ name: null, value: expression(depth - 1) })),
    distinct: false,
    filter: null,
    orderBy: [],
    nulls: null,
    over: maybe(() => window(depth)),
    exportState: false,
  });

  const window = (depth: number): Window => ({
    ...placed(() => ({
      partitionBy: list(0, 1, () => expression(depth - 1)),
      orderBy: list(0, 1, () => order(depth - 1)),
      frame: null,
    })),
  });

  const order = (depth: number): OrderTerm =>
    placed(() => ({ expression: expression(depth), descending: roll(2) === 0, nullsFirst: null }));

  const item = (depth: number): SelectItem =>
    placed(() => ({ alias: maybe(letter), expression: roll(8) === 0 ? star() : expression(depth) }));

  const star = (): Expression =>
    placed(() => ({
      kind: 'star' as const,
      relation: maybe(() => [letter()]),
      exclude: list(0, 1, () => [letter()]),
      replace: [],
      rename: [],
      columns: false,
      unpacked: false,
      filter: null,
    }));

  const unnamed = { columns: [], sample: null };
  const relation = (depth: number): Relation =>
    placed<Omit<Relation, 'span'>>(() => {
      const table = () =>
        ({ kind: 'table', ...unnamed, alias: maybe(letter), name: [letter()], at: null }) as never;
      if (depth <= 0) return table();
      return pick<Omit<Relation, 'span'>>(
        table,
        table,
        () => ({ kind: 'derived', ...unnamed, alias: letter(), query: query(depth - 1) }) as never,
        () =>
          ({ kind: 'values', ...unnamed, alias: letter(), rows: [list(1, 2, () => expression(0))] }) as never,
        () => join(depth),
        () => join(depth),
        () =>
          ({
            kind: 'pivot',
            ...unnamed,
            alias: maybe(letter),
            source: relation(depth - 1),
            aggregates: [item(1)],
            on: [placed(() => ({ expressions: [expression(0)], entries: null, other: letter() }))],
            groups: null,
          }) as never,
        () =>
          ({
            kind: 'opaque-relation',
            ...unnamed,
            alias: null,
            reason: 'strange',
            text: letter(),
            tables: null,
          }) as never,
      );
    }) as Relation;

  const join = (depth: number): Omit<Extract<Relation, { kind: 'join' }>, 'span'> => ({
    kind: 'join',
    ...unnamed,
    alias: roll(6) === 0 ? letter() : null,
    type: pick(
      () => 'inner' as const,
      () => 'left' as const,
    ),
    asof: false,
    natural: false,
    using: list(0, 1, letter),
    left: relation(depth - 1),
    right: relation(depth - 1),
    on: maybe(() => expression(1)),
  });

  const cte = (depth: number): Cte =>
    placed(() => ({ name: letter(), columns: [], materialized: null, query: query(depth) }));

  const query = (depth: number): Query =>
    placed<Omit<Query, 'span'>>(() => {
      const ctes = depth > 0 ? list(0, 2, () => cte(depth - 1)) : [];
      const body = (): Omit<Query, 'span'> => {
        if (depth > 1 && roll(5) === 0) {
          return pick<Omit<Query, 'span'>>(
            () =>
              ({
                kind: 'set-operation',
                operator: 'union',
                all: roll(2) === 0,
                byName: false,
                distinct: null,
                branches: list(2, 3, () => query(depth - 1)),
              }) as never,
            () =>
              ({
                kind: 'recursive-union',
                name: letter(),
                all: true,
                key: list(0, 1, () => expression(0)),
                start: query(depth - 1),
                step: query(depth - 1),
              }) as never,
            () => ({ kind: 'opaque-query', reason: 'strange', text: letter(), tables: null }) as never,
          );
        }
        return select(depth) as never;
      };
      return {
        ...body(),
        ctes,
        orderBy: list(0, 2, () => order(1)),
        limit: maybe(() => placed(() => ({ count: expression(0), percent: false }))),
        offset: maybe(() => expression(0)),
      };
    }) as Query;

  const select = (depth: number): Omit<Select, 'span' | 'ctes' | 'orderBy' | 'limit' | 'offset'> => ({
    kind: 'select',
    distinct: maybe(() => placed(() => ({ on: maybe(() => list(1, 2, () => expression(0))) }))),
    items: list(1, 4, () => item(depth)),
    from: roll(5) === 0 ? null : relation(depth),
    where: maybe(() => expression(2)),
    groupBy: maybe(() =>
      placed(() => ({ all: false, terms: list(1, 2, () => expression(0)), sets: maybe(() => [[0]]) })),
    ),
    having: maybe(() => expression(1)),
    qualify: maybe(() => expression(1)),
    sample: maybe(() => placed(() => ({ text: letter() }))),
  });

  return query(3);
}
