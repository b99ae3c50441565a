import { note, type Comparison, type Piece, type Place } from './comparison.ts';
import type { EditPart } from './edit.ts';

/** A clause that is there or not and says one thing: what it says, whatever its place, and the place. */
export interface Clause {
  readonly what: string | number;
  readonly piece: Piece;
}

/** Notes a clause that came, went or says something else. */
export function compareClause(
  comparison: Comparison,
  place: Place,
  part: EditPart,
  name: string,
  old: Clause | null,
  now: Clause | null,
): void {
  if (old?.what === now?.what) return;
  note(comparison, place, {
    kind: old === null ? 'INSERT' : now === null ? 'DELETE' : 'UPDATE',
    part,
    old: old?.piece ?? null,
    new: now?.piece ?? null,
    says: (before, after) => {
      if (old === null) return `${name} ${after} is added`;
      return now === null ? `${name} ${before} is removed` : `${name} changes from ${before} to ${after}`;
    },
  });
}
