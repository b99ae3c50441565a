import { foldCase, type Cte, type OrderTerm, type Query, type SetOperation } from '@seeknal/sql-ast';

import { compareClause, type Clause } from './compare-clause.ts';
import { compareExpressions } from './compare-conditions.ts';
import { compareLists } from './compare-lists.ts';
import { compareDistinct, compareSelects } from './compare-select.ts';
import { note, pieceOf, type Comparison, type Piece, type Place } from './comparison.ts';

/** Queries in queries beyond this depth are compared as wholes. */
const DEEPEST = 200;

/** Notes how two queries differ; what no smaller edit tells is told of the query as a whole. */
export function compareQueries(comparison: Comparison, old: Query, now: Query, place: Place): void {
  const { ids, edits } = comparison;
  if (ids(old) === ids(now)) return;
  if (place.path.length > DEEPEST) {
    noteWhole(comparison, place, old, now);
    return;
  }
  const before = edits.length;
  compareCtes(comparison, place, old.ctes, now.ctes);
  compareBodies(comparison, place, old, now);
  compareOrder(comparison, place, old.orderBy, now.orderBy);
  compareClause(comparison, place, 'limit', 'LIMIT', limitOf(old, comparison), limitOf(now, comparison));
  compareClause(comparison, place, 'limit', 'OFFSET', offsetOf(old, comparison), offsetOf(now, comparison));
  if (edits.length === before) noteWhole(comparison, place, old, now);
}

function noteWhole(comparison: Comparison, place: Place, old: Query, now: Query): void {
  note(comparison, place, {
    kind: 'UPDATE',
    part: 'query',
    old: pieceOf(old),
    new: pieceOf(now),
    says: (before, after) => `${before} becomes ${after}`,
  });
}

function compareCtes(comparison: Comparison, place: Place, old: readonly Cte[], now: readonly Cte[]): void {
  const { ids } = comparison;
  const head = ({ name, columns, materialized }: Cte): string =>
    JSON.stringify([foldCase(name), columns, materialized]);
  const piece = (cte: Cte): Piece => ({ placed: cte, nodes: [cte.query] });
  compareLists(comparison, place, old, now, {
    part: 'cte',
    keys: [({ name }) => foldCase(name), ({ query }) => ids(query)],
    node: ({ query }) => query,
    piece,
    name: ({ name }) => `CTE ${name}`,
    where: '',
    isOrdered: false,
    onPair: (pair) => {
      const path = [...place.path, `CTE ${pair.new.name}`];
      compareQueries(comparison, pair.old.query, pair.new.query, { path, isOutput: false });
      if (head(pair.old) === head(pair.new)) return;
      note(comparison, place, {
        kind: 'UPDATE',
        part: 'cte',
        old: piece(pair.old),
        new: piece(pair.new),
        says: () =>
          foldCase(pair.old.name) === foldCase(pair.new.name)
            ? `CTE ${pair.new.name} has other column names or is materialized otherwise`
            : `CTE ${pair.old.name} is now named ${pair.new.name}`,
      });
    },
  });
}

/** What lies between WITH and ORDER BY. */
function compareBodies(comparison: Comparison, place: Place, old: Query, now: Query): void {
  if (old.kind === 'select' && now.kind === 'select') {
    compareSelects(comparison, place, old, now);
  } else if (old.kind === 'set-operation' || now.kind === 'set-operation') {
    compareBranches(comparison, place, old, now);
  } else if (old.kind === 'recursive-union' && now.kind === 'recursive-union') {
    const at = (name: string): Place => ({ path: [...place.path, name], isOutput: place.isOutput });
    compareQueries(comparison, old.start, now.start, at('the start'));
    compareQueries(comparison, old.step, now.step, at('the step'));
    compareExpressions(comparison, place, 'cte', 'Term', ' of USING KEY', old.key, now.key);
    const rest = { ...old, start: now.start, step: now.step, key: now.key };
    compareShells(comparison, place, rest, now);
  } else {
    compareShells(comparison, place, old, now);
  }
}

const SHELL = { ctes: [], orderBy: [], limit: null, offset: null } as const;

/** Two bodies of which nothing smaller is compared. */
function compareShells(comparison: Comparison, place: Place, old: Query, now: Query): void {
  const { ids } = comparison;
  const [before, after] = [ids({ ...old, ...SHELL }), ids({ ...now, ...SHELL })];
  if (before !== after) noteWhole(comparison, place, old, now);
}

/** A query that is no set operation counts as one with a single branch: itself. */
function compareBranches(comparison: Comparison, place: Place, old: Query, now: Query): void {
  const { ids } = comparison;
  compareLists(comparison, place, branches(old), branches(now), {
    part: 'branch',
    keys: [ids],
    node: (query) => query,
    piece: pieceOf,
    name: (_, words) => `Branch ${words}`,
    where: '',
    isOrdered: true,
    onPair: ({ old: before, new: after, to }) => {
      const path = [...place.path, `branch ${to + 1}`];
      compareQueries(comparison, before, after, { path, isOutput: place.isOutput });
    },
  });
  if (old.kind !== 'set-operation' || now.kind !== 'set-operation') return;
  const [before, after] = [operatorWords(old), operatorWords(now)];
  const clause = (query: SetOperation, what: string): Clause => ({
    what,
    piece: { placed: { span: null }, nodes: [], otherwise: what },
  });
  compareClause(comparison, place, 'branch', 'The set operation', clause(old, before), clause(now, after));
  compareDistinct(comparison, place, old.distinct, now.distinct);
}

const branches = (query: Query): readonly Query[] =>
  query.kind === 'set-operation' ? query.branches : [{ ...query, ...SHELL }];

const operatorWords = ({ operator, all, byName }: SetOperation): string =>
  `${operator.toUpperCase()}${all ? ' ALL' : ''}${byName ? ' BY NAME' : ''}`;

function compareOrder(
  comparison: Comparison,
  place: Place,
  old: readonly OrderTerm[],
  now: readonly OrderTerm[],
): void {
  const { ids } = comparison;
  const way = ({ descending, nullsFirst }: OrderTerm): string => `${descending} ${nullsFirst}`;
  const piece = (term: OrderTerm): Piece => ({ placed: term, nodes: [term.expression] });
  compareLists(comparison, place, old, now, {
    part: 'order',
    keys: [(term) => `${ids(term.expression)} ${way(term)}`, ({ expression }) => ids(expression)],
    node: ({ expression }) => expression,
    piece,
    name: (_, words) => `Term ${words}`,
    where: ' of ORDER BY',
    isOrdered: true,
    onPair: (pair) => {
      if (ids(pair.old.expression) === ids(pair.new.expression) && way(pair.old) === way(pair.new)) return;
      note(comparison, place, {
        kind: 'UPDATE',
        part: 'order',
        old: piece(pair.old),
        new: piece(pair.new),
        says: (before, after) => `Term ${before} of ORDER BY becomes ${after}`,
      });
    },
  });
}

function limitOf({ limit }: Query, { ids }: Comparison): Clause | null {
  return limit && { what: `${ids(limit.count)} ${limit.percent}`, piece: pieceOf(limit.count) };
}

function offsetOf({ offset }: Query, { ids }: Comparison): Clause | null {
  return offset && { what: ids(offset), piece: pieceOf(offset) };
}
