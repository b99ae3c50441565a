import { nearest, type Json } from '@seeknal/manifest';

import { INTERVAL_NAMES } from './interval-values.ts';
import type { ProblemCode } from './problem.ts';
import type { ClockCall } from './template-forms.ts';

/** What the names in a template stand for. No member throws. */
export interface Scope {
  /** The value of `name` or of a snippet `group.name`; undefined when there is none. */
  readonly value: (name: string) => Json | undefined;
  readonly env: (name: string) => string | undefined;
  readonly clock: (call: ClockCall, shift: number) => string;
  readonly ref: (ref: string) => string;
  /** Every name that has a value. */
  readonly names: readonly string[];
  /** Names that would have a value if they were written; for suggestions only. */
  readonly others?: readonly string[];
}

/** A stretch of rendered text and the offset in the template it comes from. */
export interface Piece {
  readonly text: string;
  readonly at: number;
  /** Whether the text is copied, so that the n-th character comes from `at + n`. */
  readonly isCopy: boolean;
}

/** Throws the problem of a template at an offset of it. */
export type Fail = (at: number, code: ProblemCode, message: string, hint?: string) => never;

/** What to say of a name nobody knows; the interval is only there for nodes with a schedule. */
export function unknownNameHint(name: string, scope: Scope): string {
  const names = [...scope.names, ...(scope.others ?? [])];
  if (INTERVAL_NAMES.has(name)) return 'Give the node a schedule, or a value under params.';
  const near = nearest(name, names);
  if (near !== null) return `Did you mean "${near}"?`;
  return names.length === 0
    ? 'Give it a value under params.'
    : `Known are: ${names.slice(0, 20).join(', ')}.`;
}
