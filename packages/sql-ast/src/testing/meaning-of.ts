import { compareMeanings, type Impact } from '../meaning/compare.ts';
import type { QueryMeaning } from '../meaning/meaning.ts';
import { engineMeaning, meaningOf } from '../meaning/query-meaning.ts';
import { tablesOf, type Schema } from '../meaning/schema-tables.ts';
import { TermTable } from '../meaning/terms.ts';
import type { Query } from '../tree.ts';
import { recordedTree } from './recorded-queries.ts';

/** Small tables whose columns share names, so that names can be mistaken for each other. */
export const SCHEMA: Schema = {
  t: { id: 'INTEGER', a: 'INTEGER', b: 'INTEGER', c: 'INTEGER' },
  u: { id: 'INTEGER', a: 'INTEGER', d: 'INTEGER' },
  v: { k: 'INTEGER', b: 'INTEGER', d: 'INTEGER' },
  s: { i: 'INTEGER', x: 'INTEGER', st: 'STRUCT(x INTEGER, y INTEGER)', l: 'INTEGER[]' },
};

const engine = engineMeaning('duckdb');

/** What a query means over the tables of a schema; a text is looked up among the recorded ones. */
export function meaningIn(
  query: Query | string,
  terms: TermTable = new TermTable(),
  schema: Schema = SCHEMA,
): QueryMeaning {
  const tree = typeof query === 'string' ? recordedTree(query) : query;
  return meaningOf(tree, { ...engine, terms, table: tablesOf(schema, { terms, caseSensitive: false }) });
}

/** `rows; changed a b; added c; removed d; shape`, `nothing`, or `same` for one query written in two ways. */
export function impactBetween(old: Query | string, now: Query | string, schema: Schema = SCHEMA): string {
  const terms = new TermTable();
  const { impact, same } = compareMeanings(
    meaningIn(old, terms, schema),
    meaningIn(now, terms, schema),
    (name) => name.toLowerCase(),
  );
  return same ? 'same' : saidOf(impact);
}

function saidOf({ rows, changed, added, removed, shape }: Impact): string {
  const list = (word: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${word} ${names.join(' ')}`];
  const said = [
    ...(rows ? ['rows'] : []),
    ...list('changed', changed),
    ...list('added', added),
    ...list('removed', removed),
    ...(shape ? ['shape'] : []),
  ];
  return said.join('; ') || 'nothing';
}

/** `x: t.a t.b; y: | t.c`: what each column is computed from, then what decides the rows. */
export function sourcesOf(query: Query | string, schema: Schema = SCHEMA): string {
  const terms = new TermTable();
  const { columns, rows, open } = meaningIn(query, terms, schema);
  const sources = (of: readonly number[], withContext: boolean): readonly string[] =>
    [...new Set(terms.sources(of, withContext).map(({ table, column }) => `${table}.${column}`))].toSorted();
  const listed = columns.map(({ name, value }) => [`${name}:`, ...sources([value], false)].join(' '));
  const others = open === null ? [] : [['*:', ...sources([open('*')], false)].join(' ')];
  const decisive = sources([rows], true);
  return [...listed, ...others].join('; ') + (decisive.length === 0 ? '' : ` | ${decisive.join(' ')}`);
}
