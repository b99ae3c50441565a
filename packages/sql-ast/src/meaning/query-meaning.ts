import { dependsOnOrder, functionKind } from '../function-kinds.ts';
import { isVolatileFunction, isVolatileWord } from '../volatile-calls.ts';
import type { Dialect } from '../dialect.ts';
import { foldCase } from '../keywords.ts';
import type { Query } from '../tree.ts';
import { TOO_DEEP, withinStack } from '../within-stack.ts';
import type { Analysis, MeaningOptions } from './analysis.ts';
import type { QueryMeaning } from './meaning.ts';
import { opaqueQueryMeaning } from './opaque.ts';
import { queryMeaning } from './query.ts';

/** What the engine's functions do, and how its names are compared: everything but the tables. */
export function engineMeaning(
  dialect: Dialect,
): Pick<
  MeaningOptions,
  'functionKind' | 'isVolatile' | 'isVolatileWord' | 'dependsOnOrder' | 'caseSensitive'
> {
  return {
    functionKind,
    isVolatile: isVolatileFunction,
    isVolatileWord,
    dependsOnOrder,
    // Its plain names come in small letters already.
    caseSensitive: dialect === 'postgres',
  };
}

/**
 * What a query means, given what its tables mean: the rows that there are and how each column is computed, as
 * terms that can be compared with those of another query over the same `terms`, or followed to the columns
 * that they read. Names are bound as the engine binds them; where two readings are possible both count, and
 * what cannot be analysed depends on everything in reach.
 *
 * O(size of the query) for all but stars over very wide tables.
 */
export function meaningOf(query: Query, options: MeaningOptions): QueryMeaning {
  const analysis: Analysis = {
    ...options,
    fold: options.caseSensitive ? (name) => name : foldCase,
    blocks: [],
    problems: [],
    opaque: new Set(),
    unstable: new Set(),
    volatile: new Set(),
    query: queryMeaning,
    keyOf: (piece) => JSON.stringify(piece, (key, value: unknown) => (key === 'span' ? undefined : value)),
  };
  const context = { outer: null, ctes: new Map(), analysis };
  const rows = withinStack(
    () => queryMeaning(query, context),
    () => {
      const whole = opaqueQueryMeaning(
        { ...query, kind: 'opaque-query', reason: TOO_DEEP, text: '', tables: null },
        context,
      );
      // What was noted on the way says nothing of the whole, which equals nothing.
      analysis.blocks.splice(0, Infinity, whole.rows);
      return whole;
    },
  );
  return {
    ...rows,
    blocks: analysis.blocks,
    problems: analysis.problems,
    opaque: [...analysis.opaque],
    unstable: [...analysis.unstable],
    volatile: [...analysis.volatile],
  };
}
