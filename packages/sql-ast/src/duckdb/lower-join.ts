import type { JoinRelation } from '../tree.ts';
import { Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering, RelationParts } from './lowering.ts';
import { relationSpan } from './relation-span.ts';

const joinTypes = new Map<string, 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'>([
  ['INNER', 'inner'],
  ['LEFT', 'left'],
  ['RIGHT', 'right'],
  ['FULL', 'full'],
  ['SEMI', 'semi'],
  ['ANTI', 'anti'],
]);

/** @throws {Unreadable} At a kind of join the tree does not know. */
export function lowerJoin(
  lowering: Lowering,
  fields: Fields,
  { alias, sample, location }: RelationParts,
): JoinRelation {
  const left = lowering.relation(fields.take('left'));
  const right = lowering.relation(fields.take('right'));
  const on = lowering.optional(fields.take('condition'));
  const using = fields.texts('using_columns');
  const side = fields.word('join_type', joinTypes);
  const reference = fields.text('ref_type');
  fields.expect('delim_flipped', false);
  fields.expect('duplicate_eliminated_columns', []);
  const isBare = on === null && using.length === 0;
  const kind = kindOfJoin(reference, side, isBare);
  const parts = [left.span, right.span, on?.span ?? null];
  const span = relationSpan(lowering.spans, { location, alias, columns: [], sample, parts, using });
  return { kind: 'join', ...kind, using, on, left, right, alias, columns: [], sample, span };
}

function kindOfJoin(
  reference: string,
  side: JoinRelation['type'],
  isBare: boolean,
): Pick<JoinRelation, 'type' | 'asof' | 'natural'> {
  switch (reference) {
    case 'REGULAR':
      return { type: side, asof: false, natural: false };
    case 'ASOF':
      return { type: side, asof: true, natural: false };
    case 'NATURAL':
      if (isBare) return { type: side, asof: false, natural: true };
      break;
    case 'CROSS':
      if (isBare && side === 'inner') return { type: 'cross', asof: false, natural: false };
      break;
    case 'POSITIONAL':
      if (isBare && side === 'inner') return { type: 'positional', asof: false, natural: false };
  }
  throw new Unreadable(`a ${side} join of kind ${reference}`);
}
