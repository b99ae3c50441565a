import { foldCase, type JoinRelation, type Relation, type TableRelation } from '@seeknal/sql-ast';

import { compareConditions } from './compare-conditions.ts';
import { compareLists } from './compare-lists.ts';
import { note, type Comparison, type Piece, type Place } from './comparison.ts';

/** One relation of FROM, and the join that brought it in; null for the first. */
interface Source {
  readonly relation: Relation;
  readonly join: JoinRelation | null;
}

/** Notes how two FROM clauses differ, one relation at a time. */
export function compareFrom(
  comparison: Comparison,
  place: Place,
  old: Relation | null,
  now: Relation | null,
): void {
  const { ids } = comparison;
  if (old !== null && now !== null && ids(old) === ids(now)) return;
  compareLists(comparison, place, sources(old), sources(now), {
    part: 'table',
    keys: [
      ({ relation }) => ids(relation),
      ({ relation }) => nameOf(relation),
      ({ relation }) => tableOf(relation),
      // Without a name one is told from another by what it is.
      ({ relation }) => (nameOf(relation) === null ? relation.kind : null),
    ],
    node: ({ relation }) => relation,
    piece,
    name: ({ relation, join }, words) =>
      (join === null ? 'Table ' : 'Joined table ') + (nameOf(relation) ?? words),
    where: '',
    isOrdered: true,
    onPair: (pair) => {
      compareRelations(comparison, place, pair.old.relation, pair.new.relation);
      compareJoins(comparison, place, pair.old, pair.new);
    },
  });
}

/** The relations from the left to the right, joins in brackets left whole. */
function sources(from: Relation | null): readonly Source[] {
  const found: Source[] = [];
  let at = from;
  while (at !== null && at.kind === 'join' && at.alias === null) {
    found.push({ relation: at.right, join: at });
    at = at.left;
  }
  if (at !== null) found.push({ relation: at, join: null });
  return found.toReversed();
}

const piece = ({ relation, join }: Source): Piece => ({
  placed: { span: null },
  nodes: join?.on == null ? [relation] : [relation, join.on],
});

/** The name by which a query speaks of a relation, in small letters. */
function nameOf(relation: Relation): string | null {
  const name = relation.alias ?? tableOf(relation);
  return name === null ? null : foldCase(name);
}

const tableOf = (relation: Relation): string | null =>
  relation.kind === 'table' ? (relation.name.at(-1) as string) : null;

const whole = (relation: Relation): Piece => ({ placed: relation, nodes: [relation] });

function compareRelations(comparison: Comparison, place: Place, old: Relation, now: Relation): void {
  const { ids } = comparison;
  if (ids(old) === ids(now)) return;
  let rest = old;
  if (old.kind === 'derived' && now.kind === 'derived') {
    const path = [...place.path, now.alias === null ? 'a query in FROM' : `the query ${now.alias}`];
    comparison.compareQueries(old.query, now.query, { path, isOutput: false });
    rest = { ...old, query: now.query };
  } else if (old.kind === 'join' && now.kind === 'join') {
    compareFrom(comparison, place, { ...old, alias: null }, { ...now, alias: null });
    rest = { ...now, alias: old.alias, columns: old.columns, sample: old.sample };
  } else if ((old.kind === 'pivot' || old.kind === 'unpivot') && old.kind === now.kind) {
    compareFrom(comparison, place, old.source, now.source);
    rest = { ...old, source: now.source };
  }
  if (ids(rest) === ids(now)) return;
  note(comparison, place, {
    kind: 'UPDATE',
    part: 'table',
    old: whole(old),
    new: whole(now),
    says: (before, after) =>
      isOtherTable(old, now) ? `Table ${before} is replaced by ${after}` : `Table ${before} becomes ${after}`,
  });
}

const isOtherTable = (old: Relation, now: Relation): boolean =>
  old.kind !== now.kind || (isTable(old) && isTable(now) && fullName(old) !== fullName(now));

const isTable = (relation: Relation): relation is TableRelation => relation.kind === 'table';

const fullName = ({ name }: TableRelation): string => foldCase(JSON.stringify(name));

function compareJoins(comparison: Comparison, place: Place, old: Source, now: Source): void {
  const name = nameOf(now.relation) ?? 'a table';
  const [before, after] = [joinWords(old.join), joinWords(now.join)];
  if (before !== after) {
    note(comparison, place, {
      kind: 'UPDATE',
      part: 'join',
      old: piece(old),
      new: piece(now),
      says: () => `${name}: ${before} becomes ${after}`,
    });
  }
  const [on, nowOn] = [old.join?.on ?? null, now.join?.on ?? null];
  // That a table is the first now says that its condition is gone, or new.
  if (old.join !== null && now.join !== null) {
    compareConditions(comparison, place, 'join', ` of the join with ${name}`, on, nowOn);
  }
}

/** How a relation is joined, its condition left out: `LEFT JOIN USING (id)`. */
function joinWords(join: JoinRelation | null): string {
  if (join === null) return 'the first table';
  const words = [
    ...(join.natural ? ['NATURAL'] : []),
    ...(join.asof ? ['ASOF'] : []),
    ...(join.type === 'inner' ? [] : [join.type.toUpperCase()]),
    'JOIN',
    ...(join.using.length === 0 ? [] : [`USING (${foldCase(join.using.join(', '))})`]),
    ...(join.sample === null ? [] : [`SAMPLE ${join.sample.text}`]),
    ...(join.columns.length === 0 ? [] : [`(${join.columns.join(', ')})`]),
  ];
  return words.join(' ');
}
