import { foldCase } from '../keywords.ts';
import type { Cte, Query } from '../tree.ts';
import { astList, astNode } from './ast.ts';
import { accept, commaList, expect, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readName, readNames } from './names.ts';
import { refuse } from './refusal.ts';

/** Reads `WITH …` where the tree has one. */
export function readCtes(reader: Reader, ast: unknown): readonly Cte[] {
  const list = astList(ast);
  if (list.length === 0) return [];
  expect(reader, 'with');
  const isRecursive = accept(reader, 'recursive');
  return commaList(reader, list, (each) => readCte(reader, each, isRecursive));
}

function readCte(reader: Reader, ast: unknown, isRecursive: boolean): Cte {
  const node = astNode(ast, 'name', 'stmt', 'columns', 'recursive');
  const start = reader.at;
  const name = readName(reader, astNode(node['name'], 'type', 'value')['value']);
  const names = astList(node['columns']);
  const columns = names.length === 0 ? [] : readNames(reader, names.map(columnName));
  expect(reader, 'as');
  const query = reader.subquery(node['stmt']);
  const body = isRecursive ? recursion(name, query) : query;
  return { name, columns, materialized: null, query: body, span: spanFrom(reader, start) };
}

const columnName = (ast: unknown): unknown => {
  const { column } = astNode(ast, 'type', 'column');
  return astNode(astNode(column, 'expr')['expr'], 'type', 'value')['value'];
};

/** Under WITH RECURSIVE a UNION of two is taken for a recursion. */
function recursion(name: string, query: Query): Query {
  if (query.kind !== 'set-operation' || query.operator !== 'union') return query;
  const { all, span, branches, ...rest } = query;
  const [start, step] = branches;
  const isPlain =
    rest.ctes.length === 0 && rest.orderBy.length === 0 && rest.limit === null && rest.offset === null;
  if (branches.length !== 2 || !isPlain) return refuse(`the recursion ${foldCase(name)} is not understood`);
  const tail = { ctes: [], orderBy: [], limit: null, offset: null };
  return { kind: 'recursive-union', name, all, key: [], start: start!, step: step!, ...tail, span };
}
