import type { Query, Select, SetOperation } from '../tree.ts';
import { astNode, isWritten } from './ast.ts';
import type { Ast } from './ast.ts';
import { readCtes } from './ctes.ts';
import { accept, expect, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { refuse } from './refusal.ts';
import { readSelect, readTail, selectKeys } from './select.ts';
import type { Tail } from './select.ts';

/** Reads a query: one SELECT, or several joined by UNION, EXCEPT and INTERSECT, which the tree has as a chain. */
export function readQuery(reader: Reader, ast: unknown): Query {
  const start = reader.at;
  const first = astNode(ast, ...selectKeys);
  let node = first;
  let branch = readBranch(reader, node);
  let joined: Joined = branch;
  const operators = new Set<string>();
  while (isWritten(node['_next'])) {
    if (!branch.isClosed && hasTail(branch.query)) refuse('an ORDER BY before UNION is not understood');
    const operator = readOperator(reader, node['set_op']);
    operators.add(operator.operator === 'intersect' ? 'intersect' : 'other');
    node = astNode(node['_next'], ...selectKeys);
    branch = readBranch(reader, node);
    if (!branch.isClosed && branch.query.ctes.length > 0) refuse('a WITH after UNION is not understood');
    joined = { query: { ...join(joined, operator, branch), span: spanFrom(reader, start) }, isClosed: false };
  }
  // INTERSECT binds more tightly than the others.
  if (operators.size > 1) refuse('INTERSECT beside UNION is not understood');
  const tail = readTail(reader, first['_orderby'], first['_limit']);
  const span = spanFrom(reader, start);
  if (!hasTail(tail)) return { ...joined.query, span };
  if (operators.size === 0 || hasTail(joined.query)) refuse('a query with two ends is not understood');
  return { ...joined.query, ...tail, span };
}

const hasTail = ({ orderBy, limit, offset }: Tail): boolean =>
  orderBy.length > 0 || limit !== null || offset !== null;

interface Joined {
  readonly query: Query;
  /** Whether brackets hold its WITH, ORDER BY and LIMIT. */
  readonly isClosed: boolean;
}

interface Branch extends Joined {
  readonly query: Select;
}

function readBranch(reader: Reader, node: Ast): Branch {
  if (accept(reader, '(')) {
    const { query } = readBranch(reader, node);
    expect(reader, ')');
    return { query, isClosed: true };
  }
  const ctes = readCtes(reader, node['with']);
  return { query: { ...readSelect(reader, node), ctes }, isClosed: false };
}

type Operator = Pick<SetOperation, 'operator' | 'all'>;

function readOperator(reader: Reader, expected: unknown): Operator {
  const operator = (['union', 'except', 'intersect'] as const).find((word) => accept(reader, word));
  if (operator === undefined) return refuse('the tree joins queries that the text does not');
  const all = accept(reader, 'all');
  const isDistinct = !all && accept(reader, 'distinct');
  const words = [operator, ...(all ? ['all'] : []), ...(isDistinct ? ['distinct'] : [])].join(' ');
  if (words !== String(expected).toLowerCase())
    refuse(`the tree says ${String(expected)} where the text says ${words}`);
  return { operator, all };
}

/** What is not in brackets belongs to the whole: WITH of the first branch, ORDER BY and LIMIT of the last. */
function join(left: Joined, { operator, all }: Operator, right: Branch): SetOperation {
  const isChain = left.query.kind === 'set-operation' && left.query.operator === 'union' && left.query.all;
  const ctes = left.isClosed ? [] : left.query.ctes;
  const first: Query = left.isClosed ? left.query : { ...left.query, ctes: [] };
  const before = isChain && operator === 'union' && all ? (first as SetOperation).branches : [first];
  const { orderBy, limit, offset } = right.isClosed ? nothing : right.query;
  const last: Query = right.isClosed ? right.query : { ...right.query, ...nothing };
  const rest = { byName: false, distinct: null, ctes, orderBy, limit, offset, span: null };
  return { kind: 'set-operation', operator, all, branches: [...before, last], ...rest };
}

const nothing: Tail = { orderBy: [], limit: null, offset: null };
