import { expect, test } from '@jest/globals';

import { lightParser } from '../node-sql-parser/light-parser.ts';
import { everyKind } from '../testing/every-kind.ts';
import { impactBetween, meaningIn, sourcesOf } from '../testing/meaning-of.ts';
import {
  column,
  derived,
  ending,
  join,
  literal,
  recursive,
  scalar,
  select,
  table,
  union,
  unnamed,
} from '../testing/trees.ts';
import type { TreeNode } from '../tree-fields.ts';
import type { Query, Relation } from '../tree.ts';
import { mapTree, nodesOf } from '../walk.ts';
import { engineMeaning, meaningOf } from './query-meaning.ts';
import { tablesOf } from './schema-tables.ts';
import { TermTable } from './terms.ts';

/** The node with another name in it; null: it has none. */
function renamed(node: TreeNode): TreeNode | null {
  switch (node.kind) {
    case 'column':
      return { ...node, path: [...node.path, 'other'] };
    case 'literal':
      return { ...node, value: `${node.value}0` };
    case 'parameter':
      return { ...node, name: `${node.name}0` };
    case 'position':
      return { ...node, index: node.index + 1 };
    case 'table':
      return { ...node, name: [...node.name, 'other'] };
    case 'cast':
      return { ...node, isTry: !node.isTry };
    case 'operation':
      return { ...node, operator: `${node.operator} not` };
    case 'call':
      return { ...node, distinct: !node.distinct };
    case 'unpivot':
      return { ...node, includeNulls: !node.includeNulls };
    case 'opaque-query':
    case 'opaque-relation':
    case 'opaque-expression':
      return { ...node, text: `${node.text} more` };
    default:
      return null;
  }
}

/** Nobody can tell which rows a sample takes: it is never the same. */
const everything = mapTree(everyKind, (node) => (node.kind === 'select' ? { ...node, sample: null } : node));

const names = nodesOf(everything).flatMap((node, at) => {
  const other = renamed(node);
  return other === null ? [] : [{ at, kind: node.kind, node, other }];
});

test('whatever is written in a query decides what it means', () => {
  expect(impactBetween(everyKind, everyKind, {})).toContain('rows');
  expect(impactBetween(everything, everything, {})).toBe('same');
  const unseen = names.filter(({ node, other }) => {
    const now = mapTree(everything, (each) => (each === node ? other : each));
    return impactBetween(everyKind, now, {}) === 'same';
  });
  expect(unseen).toEqual([]);
});

const numbered = (query: Query, index: string): Query => ({
  ...query,
  orderBy: [{ span: null, expression: literal(index), descending: false, nullsFirst: null }],
  limit: { span: null, count: literal('1'), percent: false },
});

test('the end of a recursion and DISTINCT ON over a set operation decide its rows', () => {
  const body = recursive('r', select('a b', 't'), select('a b', 'r'));
  expect(impactBetween(numbered(body, '1'), numbered(body, '2'))).toBe('rows; shape');
  const on = (name: string): Query => ({
    ...union(select('a b', 't'), select('a b', 'u')),
    distinct: { span: null, on: [column(name)] },
  });
  expect(impactBetween(on('a'), on('b'))).toBe('rows');
  expect(meaningIn(on('a')).unstable).toEqual(['DISTINCT ON']);
});

test('parts of unequal width are read as far as they go', () => {
  const short = recursive('r', select('a b', 't'), select('a', 'r'));
  expect(sourcesOf(short)).toBe('a: t.a; b: t.b | t.a t.b');
});

test('what stands in FROM like a function and is none may read anything', () => {
  const strange: Relation = {
    kind: 'table-function',
    ...unnamed,
    call: column('odd'),
    withOrdinality: false,
  };
  expect(sourcesOf(select('n', join(table('t'), strange)))).toBe(
    'n: ?.* t.a t.b t.c t.id | ?.* t.a t.b t.c t.id',
  );
});

test('a query that cannot be read depends on its tables and on all around it', () => {
  const strange: Query = {
    kind: 'opaque-query',
    ...ending,
    reason: 'strange',
    text: '?',
    tables: [table('u')],
  };
  expect(sourcesOf(strange)).toBe('*: u.a u.d u.id | u.a u.d u.id');
  expect(sourcesOf(select([scalar(strange)], 'v'))).toBe('subquery: u.a u.d u.id v.b v.d v.k');
});

test('a union of unequal parts is a problem without a place where it was made up', () => {
  expect(meaningIn(union(select('a', 't'), select('a b', 't'))).problems).toMatchObject([
    { code: 'COLUMNS_MISMATCH', at: null },
  ]);
});

test('a join with a name hides the names in it', () => {
  const both = { ...join(table('t'), table('v')), alias: 'j', columns: ['p'] };
  expect(sourcesOf(select('p j.k', both))).toBe('p: t.id; k: v.k');
  expect(sourcesOf(select('x.p', derived(select('p', both), 'x')))).toBe('p: t.id');
});

test('a sample of a join takes other rows each time', () => {
  const sampled = { ...join(table('t'), table('v')), sample: { span: null, text: '10%' } };
  expect(meaningIn(select('a', sampled)).unstable).toEqual(['SAMPLE takes other rows each time']);
  expect(impactBetween(select('a', sampled), select('a', sampled))).toBe('rows');
});

test('where names that differ in case are different names, they are bound so', async () => {
  const query = (await lightParser('postgres'))('SELECT "A", a FROM "T"');
  const [terms, engine] = [new TermTable(), engineMeaning('postgres')];
  const { columns } = meaningOf(query, {
    ...engine,
    terms,
    table: tablesOf({ T: { a: 'int', A: 'int' } }, { terms, ...engine }),
  });
  expect(columns.map(({ value }) => terms.sources([value], true))).toEqual([
    [{ table: 'T', column: 'A' }],
    [{ table: 'T', column: 'a' }],
  ]);
});
