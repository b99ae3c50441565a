import type { Analysis, Entry, Scope } from './analysis.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import type { Term } from './terms.ts';

/** A scope in which columns alone can be seen. */
export const scopeOf = (
  entries: readonly Entry[],
  outer: Scope | null,
  merged: Scope['merged'] = new Map(),
): Scope => ({
  entries,
  merged,
  aliases: null,
  seen: null,
  parameters: new Map(),
  outer,
  depth: outer === null ? 0 : outer.depth + 1,
});

/** What a path of names may stand for in one scope: the readings that the engine could choose, best first. */
interface Readings {
  readonly terms: readonly Term[];
  /** The engine would refuse: more than one column of equal rank. */
  readonly ambiguous: boolean;
  /** Whether the first reading is certain to be taken, or an outer scope could still be meant. */
  readonly certain: boolean;
}

const NONE: Readings = { terms: [], ambiguous: false, certain: false };

/** Binds a name. What cannot be bound is noted, and depends on everything in scope. */
export function resolveName(
  path: readonly string[],
  scope: Scope,
  analysis: Analysis,
  at: number | null,
): Term {
  const folded = path.map(analysis.fold);
  const found: Term[] = [];
  let isCertain = false;
  for (let inner: Scope | null = scope; inner !== null; inner = inner.outer) {
    const { terms, ambiguous, certain } = readingsIn(folded, inner, analysis);
    const seen =
      inner === scope ? terms : terms.map((term) => analysis.terms.marked(`outer ${inner.depth}`, term));
    found.push(...seen);
    if (ambiguous) {
      note(analysis, 'COLUMN_AMBIGUOUS', path, at, candidates(folded, inner, analysis));
      return analysis.terms.of('ambiguous', found);
    }
    isCertain = certain;
    if (certain) break;
  }
  const word = folded[0] as string;
  if (!isCertain && folded.length === 1 && analysis.isVolatileWord(word)) {
    analysis.volatile.add(word);
    return analysis.terms.fresh(`word ${word}`, found);
  }
  const readings = [...new Set(found)];
  if (readings.length === 1) return readings[0] as Term;
  if (readings.length > 1) return analysis.terms.of('either', readings);
  note(analysis, 'COLUMN_UNKNOWN', path, at, nearby(scope));
  return analysis.terms.of(`unknown ${JSON.stringify(folded)}`, wholeScope(scope, analysis));
}

function readingsIn(path: readonly string[], scope: Scope, analysis: Analysis): Readings {
  const first = path[0] as string;
  if (path.length === 1) return bareReadings(first, scope, analysis);
  const qualified = qualifiedReadings(path, scope, analysis);
  const parameter = scope.parameters.get(first);
  if (parameter !== undefined) {
    // A table of the name of a lambda's parameter hides it.
    const terms = [field(parameter, path.slice(1), analysis), ...qualified.terms];
    return { terms, ambiguous: false, certain: true };
  }
  if (qualified.terms.length > 0) {
    // A field of a struct column is spelt like a column of a table.
    const structs = columnReadings(first, scope, analysis, false).terms;
    const fields = structs.map((term) => field(term, path.slice(1), analysis));
    return { ...qualified, terms: [...qualified.terms, ...fields] };
  }
  const bare = bareReadings(first, scope, analysis, false);
  return { ...bare, terms: bare.terms.map((term) => field(term, path.slice(1), analysis)) };
}

function field(base: Term, path: readonly string[], { terms }: Analysis): Term {
  return path.length === 0 ? base : terms.of(`field ${JSON.stringify(path)}`, [base]);
}

/** @param rows Whether a relation of this name counts, as its whole row. */
function bareReadings(name: string, scope: Scope, analysis: Analysis, rows = true): Readings {
  const parameter = scope.parameters.get(name);
  if (parameter !== undefined) return { terms: [parameter], ambiguous: false, certain: true };
  const columns = columnReadings(name, scope, analysis);
  const alias = scope.aliases?.find(name);
  const row = columns.terms.length > 0 || !rows ? NONE : wholeRow(name, scope, analysis);
  if (alias === undefined) return columns.terms.length > 0 ? columns : row;
  // Where an outer column or a whole row could be meant as well, all readings count.
  const certain = scope.outer === null;
  if (columns.terms.length === 0) return { terms: [alias, ...row.terms], ambiguous: false, certain };
  if (scope.aliases?.beforeColumns === true) {
    return { terms: [alias, ...columns.terms], ambiguous: false, certain: true };
  }
  // A column hides an alias; where the column is only possible, either may be meant.
  return columns.certain ? columns : { terms: [...columns.terms, alias], ambiguous: false, certain };
}

/** @param guesses Whether columns that an unknown table may have count. */
function columnReadings(name: string, scope: Scope, analysis: Analysis, guesses = true): Readings {
  const merged = scope.merged.get(name);
  if (merged !== undefined) return { terms: [merged], ambiguous: false, certain: true };
  const known = scope.entries.flatMap(({ rows }) => visible(rows, name, analysis));
  if (known.length > 1) return { terms: known, ambiguous: true, certain: true };
  const open = scope.entries.flatMap(({ rows }) => (rows.open === null || !guesses ? [] : [rows.open(name)]));
  if (name === 'rowid' && known.length === 0) {
    // A table has one, which no schema lists: it says in which place a row is kept.
    const rowids = scope.entries.map(({ rows }) => analysis.terms.of('rowid', [rows.rows, rows.order]));
    return { terms: [...rowids, ...open], ambiguous: false, certain: false };
  }
  return { terms: [...known, ...open], ambiguous: false, certain: known.length === 1 && open.length === 0 };
}

/** Whether a name can be bound in this scope alone. */
export const isBoundIn = (path: readonly string[], scope: Scope, analysis: Analysis): boolean =>
  readingsIn(path.map(analysis.fold), scope, analysis).terms.length > 0;

/** The name of a relation, used as a value, is its whole row. */
function wholeRow(name: string, scope: Scope, analysis: Analysis): Readings {
  const entry = scope.entries.find((each) => each.name?.at(-1) === name);
  if (entry === undefined) return NONE;
  return { terms: [rowOf(entry.rows, analysis)], ambiguous: false, certain: scope.outer === null };
}

function qualifiedReadings(path: readonly string[], scope: Scope, analysis: Analysis): Readings {
  for (let length = Math.min(3, path.length - 1); length > 0; length -= 1) {
    const owner = path.slice(0, length);
    const column = path[length] as string;
    const matching = scope.entries.filter(({ name }) => name !== null && isSuffix(owner, name));
    if (matching.length === 0) continue;
    const terms = matching.flatMap(({ rows }) => {
      const known = visible(rows, column, analysis, true);
      return known.length > 0 ? known : rows.open === null ? [] : [rows.open(column)];
    });
    if (terms.length === 0) continue;
    return {
      terms: terms.map((term) => field(term, path.slice(length + 1), analysis)),
      ambiguous: terms.length > 1,
      certain: true,
    };
  }
  return NONE;
}

const visible = (rows: RowsMeaning, name: string, { fold }: Analysis, all = false): readonly Term[] =>
  rows.columns
    .filter((column) => (all || column.hidden !== true) && fold(column.name) === name)
    .map(({ value }) => value);

const isSuffix = (part: readonly string[], whole: readonly string[]): boolean =>
  part.length <= whole.length &&
  part.every((name, index) => name === whole[whole.length - part.length + index]);

/** A row as one value: its columns in order, with their names. */
export const rowOf = ({ columns, open, rows }: RowsMeaning, { terms }: Analysis): Term =>
  terms.of(`row ${JSON.stringify(columns.map(({ name }) => name))}`, [
    ...columns.map(({ value }) => value),
    ...(open === null ? [] : [open('*'), rows]),
  ]);

/** Everything that some rows could tell. */
export const wholeOf = (rows: RowsMeaning, analysis: Analysis): Term =>
  analysis.terms.of('whole', [rows.rows, rowOf(rows, analysis), rows.order]);

/** Everything that an expression in this scope could depend on. */
export function wholeScope(scope: Scope, analysis: Analysis): readonly Term[] {
  const found: Term[] = [];
  for (let inner: Scope | null = scope; inner !== null; inner = inner.outer) {
    const parts = [
      ...inner.entries.map(({ rows }) => wholeOf(rows, analysis)),
      ...(inner.aliases?.all() ?? []),
    ];
    found.push(...parts.map((part) => analysis.terms.of(`outer ${inner.depth}`, [part])));
  }
  return found;
}

const shown = (columns: readonly ColumnMeaning[]): readonly string[] => columns.map(({ name }) => name);

function nearby(scope: Scope): readonly string[] {
  return [...new Set(scope.entries.flatMap(({ rows }) => shown(rows.columns)))];
}

function candidates(path: readonly string[], scope: Scope, { fold }: Analysis): readonly string[] {
  const column = path.at(-1) as string;
  return scope.entries.flatMap(({ name, rows }) =>
    shown(rows.columns)
      .filter((each) => fold(each) === column)
      .map((each) => [...(name === null ? [] : [name.at(-1)]), each].join('.')),
  );
}

function note(
  { problems }: Analysis,
  code: 'COLUMN_UNKNOWN' | 'COLUMN_AMBIGUOUS',
  path: readonly string[],
  at: number | null,
  found: readonly string[],
): void {
  const name = path.join('.');
  const message =
    code === 'COLUMN_UNKNOWN'
      ? `There is no column ${name} in reach.`
      : `The column ${name} could be ${found.join(' or ')}.`;
  problems.push({ code, message, candidates: found, at });
}
