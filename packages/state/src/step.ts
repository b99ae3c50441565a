import type { Instant } from '@seeknal/intervals';

import type { IntervalEvent } from './scoped-state.ts';
import {
  EMPTY_SCOPE,
  entry,
  scopeKey,
  type ScopeDocument,
  type ScopeName,
  type StateDocument,
} from './state-document.ts';

/** What a step may know of the world. */
export interface StepContext {
  /** The state's clock. */
  readonly now: Instant;
  /** Whether the holder of a claim or lock is known to have ended: its right then counts as expired. */
  readonly isGone: (holder: string) => boolean;
  /**
   * Objects of the document that an earlier step of the same work made and that nobody else has seen: a step may add
   * to them in place, so that a thousand steps do not copy a thousand entries each. Absent: there are none.
   */
  readonly owned?: WeakSet<object>;
}

export interface Stepped<D, T> {
  /** The very document that came in, when nothing changed. */
  readonly document: D;
  readonly answer: T;
  readonly events: readonly ScopedEvent[];
}

/** An event and the scope it belongs to. */
export interface ScopedEvent extends ScopeName {
  readonly event: IntervalEvent;
}

/**
 * One atomic change of the state, as a pure function: stores apply it while nobody else can write. It may
 * throw a `StateError`, and then nothing has changed.
 */
export type Step<T> = (document: StateDocument, context: StepContext) => Stepped<StateDocument, T>;

/** A step inside one scope; events without the name of the scope. */
export type ScopeStep<T> = (scope: ScopeDocument, context: StepContext) => ScopeStepped<T>;

export interface ScopeStepped<T> {
  readonly scope: ScopeDocument;
  readonly answer: T;
  readonly events: readonly IntervalEvent[];
}

/** Lifts a step of one scope to the whole document. */
export function inScope<T>(name: ScopeName, step: ScopeStep<T>): Step<T> {
  const key = scopeKey(name);
  return (document, context) => {
    const before = entry(document.scopes, key) ?? EMPTY_SCOPE;
    const { scope, answer, events } = step(before, context);
    return {
      document: scope === before ? document : { ...document, scopes: { ...document.scopes, [key]: scope } },
      answer,
      events: events.map((event) => ({ project: name.project, warehouse: name.warehouse, event })),
    };
  };
}

/** An answer without events. */
export const answered = <T>(scope: ScopeDocument, answer: T): ScopeStepped<T> => ({
  scope,
  answer,
  events: [],
});
