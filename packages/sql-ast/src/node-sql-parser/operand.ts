import type { Call, Case, Expression, Literal, Star } from '../tree.ts';
import { astList, astNode, astType, isWritten } from './ast.ts';
import type { Ast } from './ast.ts';
import { readAggregate, readFunction, readWindowFunction } from './call.ts';
import { bracketed, expect, sees, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readInterval } from './interval.ts';
import { negated, readNumber, readString } from './literal.ts';
import { caseBranch, operation, plainCall } from './plain-nodes.ts';
import { readLabel, readPath } from './names.ts';
import { refuse } from './refusal.ts';
import { readType, typeKeys } from './type-name.ts';

/** Reads one operand, without brackets around it. */
export function readOperand(reader: Reader, ast: unknown): Expression {
  const start = reader.at;
  const type = astType(ast);
  switch (type) {
    case 'column_ref':
      return readColumn(reader, ast);
    case 'number':
    case 'bigint':
      return readSigned(reader, ast);
    case 'single_quote_string': {
      astNode(ast, 'type', 'value', 'parentheses');
      return { kind: 'literal', type: 'VARCHAR', ...readString(reader) };
    }
    case 'bool':
    case 'null':
      return readWord(reader, ast);
    case 'date':
    case 'time':
    case 'timestamp': {
      astNode(ast, 'type', 'value', 'parentheses');
      expect(reader, type);
      const operand: Literal = { kind: 'literal', type: 'VARCHAR', ...readString(reader) };
      return { kind: 'cast', type: type.toUpperCase(), isTry: false, operand, span: spanFrom(reader, start) };
    }
    case 'interval':
      return readInterval(reader, ast);
    case 'cast':
      return readCast(reader, ast);
    case 'case':
      return readCase(reader, ast);
    case 'extract':
      return readExtract(reader, ast);
    case 'function':
      return readFunction(reader, ast);
    case 'aggr_func':
      return readAggregate(reader, ast);
    case 'window_func':
      return readWindowFunction(reader, ast);
    case 'subquery': {
      const query = reader.subquery(ast);
      return {
        kind: 'subquery',
        form: 'scalar',
        operand: null,
        operator: null,
        query,
        span: spanFrom(reader, start),
      };
    }
    case 'expr_list': {
      const values = astList(astNode(ast, 'type', 'value', 'parentheses')['value']);
      if (values.length < 2) refuse('a list of one is not understood');
      return plainCall('row', bracketed(reader, values, reader.expression), spanFrom(reader, start));
    }
    default:
      return refuse(type === '' ? 'the tree of node-sql-parser has a gap' : `${type} is not understood`);
  }
}

/** The text a name is given as, be it bare or in a node. */
const nameText = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? astNode(value, 'type', 'value')['value'] : value;

function readColumn(reader: Reader, ast: unknown): Expression {
  const node = astNode(ast, 'type', 'schema', 'table', 'column', 'array_index', 'parentheses');
  const start = reader.at;
  const before = [nameText(node['schema']), nameText(node['table'])];
  if (node['column'] === '*') return readStar(reader, before);
  const column = astNode(node['column'], 'expr')['expr'];
  const path = readPath(reader, [...before, nameText(column)]);
  let found: Expression = { kind: 'column', path, span: spanFrom(reader, start) };
  for (const each of astList(node['array_index'])) {
    expect(reader, '[');
    const index = reader.expression(astNode(each, 'brackets', 'index')['index']);
    expect(reader, ']');
    found = operation('[]', [found, index], spanFrom(reader, start));
  }
  return found;
}

function readStar(reader: Reader, before: readonly unknown[]): Star {
  const start = reader.at;
  const isBare = sees(reader, '*');
  const relation = isBare ? null : readPath(reader, before);
  if (isBare && before.some(isWritten)) refuse('a star lost its table');
  if (!isBare) expect(reader, '.');
  expect(reader, '*');
  const nothing = { exclude: [], replace: [], rename: [], columns: false, unpacked: false, filter: null };
  return { kind: 'star', relation, ...nothing, span: spanFrom(reader, start) };
}

/** The tree takes a minus for a part of the number. */
function readSigned(reader: Reader, ast: unknown): Expression {
  const { value } = astNode(ast, 'type', 'value', 'parentheses');
  const start = reader.at;
  if (!sees(reader, '-')) return readNumber(reader, value);
  expect(reader, '-');
  const literal = readNumber(reader, value);
  // A cast and a subscript hold the number more tightly than its sign does.
  if (sees(reader, '::') || sees(reader, '[')) refuse('the sign of a number is not understood');
  return negated(literal, spanFrom(reader, start));
}

function readWord(reader: Reader, ast: unknown): Literal {
  const { type, value } = astNode(ast, 'type', 'value', 'parentheses');
  const start = reader.at;
  const word = type === 'null' ? 'null' : String(value);
  expect(reader, word);
  const span = spanFrom(reader, start);
  if (word === 'null') return { ...nothing, span };
  return { kind: 'literal', type: 'BOOLEAN', value: word, span };
}

/** `CAST(a AS int)`. */
function readCast(reader: Reader, ast: unknown): Expression {
  const node = astNode(ast, 'type', 'keyword', 'symbol', 'target', 'expr', 'parentheses');
  const start = reader.at;
  expect(reader, 'cast', '(');
  const operand = reader.expression(node['expr']);
  expect(reader, 'as');
  astList(node['target']).forEach((target) => astNode(target, ...typeKeys));
  const type = readType(reader);
  expect(reader, ')');
  return { kind: 'cast', type, isTry: false, operand, span: spanFrom(reader, start) };
}

function readCase(reader: Reader, ast: unknown): Expression {
  const node = astNode(ast, 'type', 'expr', 'args', 'parentheses');
  const start = reader.at;
  expect(reader, 'case');
  const compared = isWritten(node['expr']) ? reader.expression(node['expr']) : null;
  const arms = astList(node['args']).map((arm) => astNode(arm, 'type', 'cond', 'result'));
  const branches = arms.filter(({ type }) => type === 'when').map((arm) => readBranch(reader, arm, compared));
  const last = arms.find(({ type }) => type !== 'when');
  if (last) expect(reader, 'else');
  const otherwise: Expression = last ? reader.expression(last['result']) : { ...nothing, span: null };
  expect(reader, 'end');
  return { kind: 'case', branches, otherwise, span: spanFrom(reader, start) };
}

const nothing = { kind: 'literal', type: 'NULL', value: 'NULL' } as const;

function readBranch(reader: Reader, arm: Ast, compared: Expression | null): Case['branches'][number] {
  expect(reader, 'when');
  const condition = reader.expression(arm['cond']);
  expect(reader, 'then');
  const result = reader.expression(arm['result']);
  const when = compared === null ? condition : operation('=', [compared, condition], condition.span);
  return caseBranch(when, result);
}

/** `EXTRACT(year FROM a)` is a call of `date_part`. */
function readExtract(reader: Reader, ast: unknown): Call {
  const { args } = astNode(ast, 'type', 'args', 'parentheses');
  const { field, source } = astNode(args, 'field', 'source');
  const start = reader.at;
  expect(reader, 'extract', '(');
  const unit = reader.at;
  const value = partName(readLabel(reader, field));
  const part: Literal = { kind: 'literal', type: 'VARCHAR', value, span: spanFrom(reader, unit) };
  expect(reader, 'from');
  const operand = reader.expression(source);
  expect(reader, ')');
  return plainCall('date_part', [part, operand], spanFrom(reader, start));
}

/** DuckDB knows these words in any case and number; all others reach its `date_part` as they are spelt. */
function partName(word: string): string {
  const units =
    /^(?:year|quarter|month|week|day|hour|minute|second|millisecond|microsecond|decade|century|millennium)s?$/;
  const folded = word.toLowerCase().replace('centuries', 'century').replace('millennia', 'millennium');
  return units.test(folded) ? folded.replace(/s$/, '') : word;
}
