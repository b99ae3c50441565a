import type { OrderTerm } from '../tree.ts';
import { astNode, isWritten } from './ast.ts';
import { accept, commaList, expect, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { refuse } from './refusal.ts';

/** Reads what stands behind ORDER BY. */
export const readOrderTerms = (reader: Reader, list: readonly unknown[]): readonly OrderTerm[] =>
  commaList(reader, list, (ast) => readTerm(reader, ast));

function readTerm(reader: Reader, ast: unknown): OrderTerm {
  const { expr, type, nulls } = astNode(ast, 'expr', 'type', 'nulls');
  const start = reader.at;
  const expression = reader.expression(expr);
  const descending = accept(reader, 'desc');
  if (!descending) accept(reader, 'asc');
  if (descending !== (type === 'DESC')) refuse('the tree and the text disagree about DESC');
  return { expression, descending, nullsFirst: readNulls(reader, nulls), span: spanFrom(reader, start) };
}

function readNulls(reader: Reader, written: unknown): boolean | null {
  if (!isWritten(written)) return null;
  expect(reader, ...String(written).toLowerCase().split(' '));
  return /first/i.test(String(written));
}
