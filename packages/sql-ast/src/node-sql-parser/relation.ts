import type { Expression, JoinRelation, Relation } from '../tree.ts';
import { astList, astNode, astType, isWritten } from './ast.ts';
import type { Ast } from './ast.ts';
import { accept, bracketed, commaList, expect, sees, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readJoinWords } from './join-words.ts';
import type { JoinWords } from './join-words.ts';
import { readFileName, readNames, readPath, readTableAlias } from './names.ts';
import { refuse } from './refusal.ts';

const keys = ['db', 'schema', 'table', 'as', 'type', 'expr', 'prefix', 'join', 'on', 'using'];

/** Reads a FROM clause without its first word: the tree has it as one flat list. A comma binds less than a join. */
export function readFrom(reader: Reader, list: readonly unknown[], isBracketed = false): Relation {
  const [first, ...others] = list.map((each) => astNode(each, ...keys));
  const start = reader.at;
  // What stands before the last comma, and where what joins bind to begins: behind it.
  let left: Relation | null = null;
  let group = start;
  let current = readFactor(reader, astNode(first, ...keys));
  for (const node of others) {
    if (!accept(reader, ',')) current = readJoin(reader, node, current, group);
    else {
      if (isBracketed) refuse('a comma between tables in brackets is not understood');
      if (isWritten(node['join'])) refuse('a comma where the tree has a join');
      left = left === null ? current : cross(reader, left, current, start);
      group = reader.at;
      current = readFactor(reader, node);
    }
  }
  return left === null ? current : cross(reader, left, current, start);
}

const unnamed = { alias: null, columns: [], sample: null } as const;
const plain = { asof: false, natural: false, using: [], on: null } as const;

function cross(reader: Reader, left: Relation, right: Relation, start: number): JoinRelation {
  const span = { start: reader.tokens[start]!.start, end: right.span!.end };
  return { kind: 'join', type: 'cross', ...plain, left, right, ...unnamed, span };
}

function readJoin(reader: Reader, node: Ast, left: Relation, start: number): JoinRelation {
  const words = readJoinWords(reader, node['join']);
  const right = readFactor(reader, node);
  const { on, using } = readCondition(reader, node, words);
  const { type, asof, natural } = words;
  return {
    kind: 'join',
    type,
    asof,
    natural,
    using,
    on,
    left,
    right,
    ...unnamed,
    span: spanFrom(reader, start),
  };
}

function readCondition(
  reader: Reader,
  node: Ast,
  words: JoinWords,
): { readonly on: Expression | null; readonly using: readonly string[] } {
  const columns = astList(node['using']);
  if (words.natural || words.type === 'cross' || words.type === 'positional') {
    if (isWritten(node['on']) || columns.length > 0) refuse('a join that takes no condition has one');
    return { on: null, using: [] };
  }
  if (isWritten(node['on'])) {
    // `ON (a = b), c` comes as a list, of which the second is a table.
    if (astType(node['on']) === 'expr_list') refuse('a condition that is a list is not understood');
    expect(reader, 'on');
    return { on: reader.expression(node['on']), using: [] };
  }
  expect(reader, 'using');
  return {
    on: null,
    using: readNames(
      reader,
      columns.map((each) => astNode(each, 'type', 'value')['value']),
    ),
  };
}

/** Reads a table, a subquery, a table function, VALUES or joins in brackets, with its alias. */
function readFactor(reader: Reader, node: Ast): Relation {
  if (node['table'] !== undefined) return readTable(reader, node);
  const start = reader.at;
  const expr = node['expr'];
  switch (astType(expr)) {
    case 'subquery': {
      accept(reader, 'lateral');
      const query = reader.subquery(expr);
      const names = readAlias(reader, node);
      return { kind: 'derived', query, ...names, sample: null, span: spanFrom(reader, start) };
    }
    case 'function': {
      accept(reader, 'lateral');
      const call = tableCall(reader.expression(expr));
      const names = readAlias(reader, node);
      return {
        kind: 'table-function',
        call,
        withOrdinality: false,
        ...names,
        sample: null,
        span: spanFrom(reader, start),
      };
    }
    case 'values':
      return readValues(reader, node);
    case 'tables': {
      const inner = astNode(expr, 'type', 'expr', 'parentheses');
      expect(reader, '(');
      const relation = readFrom(reader, astList(inner['expr']), true);
      expect(reader, ')');
      if (relation.kind !== 'join' || readAlias(reader, node).alias !== null)
        refuse('a table in brackets is not understood');
      return relation;
    }
    default:
      return refuse(`${astType(expr)} in FROM is not understood`);
  }
}

/** The parser takes the first word of `CROSS JOIN` and the like for an alias. */
const isJoinWord = (alias: unknown): boolean =>
  /^(?:cross|natural|semi|anti|asof|positional)$/i.test(String(alias));

function readAlias(reader: Reader, node: Ast): ReturnType<typeof readTableAlias> {
  const isJoin = isJoinWord(node['as']) && reader.tokens[reader.at]?.kind === 'word' && !sees(reader, 'as');
  return readTableAlias(reader, isJoin ? null : node['as']);
}

function readTable(reader: Reader, node: Ast): Relation {
  const start = reader.at;
  const parts = [node['db'], node['schema'], node['table']];
  const file = readFileName(reader, node['table']);
  const name = file === undefined ? readPath(reader, parts) : [file];
  const names = readAlias(reader, node);
  return { kind: 'table', name, at: null, ...names, sample: null, span: spanFrom(reader, start) };
}

function readValues(reader: Reader, node: Ast): Relation {
  const start = reader.at;
  const { values } = astNode(node['expr'], 'type', 'values', 'parentheses');
  expect(reader, '(', 'values');
  const rows = commaList(reader, astList(values), (row) =>
    bracketed(reader, astList(astNode(row, 'type', 'value')['value']), reader.expression),
  );
  expect(reader, ')');
  return { kind: 'values', rows, ...readAlias(reader, node), sample: null, span: spanFrom(reader, start) };
}

/** A named argument may be written as a comparison there: `sep = ','`. */
function tableCall(call: Expression): Expression {
  if (call.kind !== 'call') return refuse(`${call.kind} in FROM is not understood`);
  const values = call.arguments.map((given) => {
    if (given.value.kind !== 'operation' || given.value.operator !== '=') return given;
    const [left, right] = given.value.operands;
    if (left?.kind !== 'column' || left.path.length !== 1) return given;
    return { name: left.path[0]!, value: right! };
  });
  return { ...call, arguments: values };
}
