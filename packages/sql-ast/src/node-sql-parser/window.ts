import type { Frame, FrameBound, Window } from '../tree.ts';
import { astList, astNode, isWritten } from './ast.ts';
import { accept, commaList, expect, sees, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readNumber } from './literal.ts';
import { readOrderTerms } from './order-terms.ts';

/** Reads `OVER (…)`; null where the tree has none. A window with a name is refused: its text stands elsewhere. */
export function readOver(reader: Reader, ast: unknown): Window | null {
  if (!isWritten(ast)) return null;
  const start = reader.at;
  const { as_window_specification: outer } = astNode(ast, 'type', 'as_window_specification');
  const { window_specification: inner } = astNode(outer, 'window_specification', 'parentheses');
  const parts = astNode(inner, 'partitionby', 'orderby', 'window_frame_clause');
  expect(reader, 'over', '(');
  const partitions = astList(parts['partitionby']);
  if (partitions.length > 0) expect(reader, 'partition', 'by');
  const partitionBy = commaList(reader, partitions, (each) =>
    reader.expression(astNode(each, 'type', 'expr')['expr']),
  );
  const orders = astList(parts['orderby']);
  if (orders.length > 0) expect(reader, 'order', 'by');
  const orderBy = readOrderTerms(reader, orders);
  const frame = isWritten(parts['window_frame_clause']) ? readFrame(reader) : null;
  expect(reader, ')');
  return { partitionBy, orderBy, frame, span: spanFrom(reader, start) };
}

/** Reads `ROWS …` from the text alone: the tree keeps its bounds as text, and knows no other unit. */
function readFrame(reader: Reader): Frame {
  expect(reader, 'rows');
  const hasTwo = accept(reader, 'between');
  const start = readBound(reader);
  if (hasTwo) expect(reader, 'and');
  const end: FrameBound = hasTwo ? readBound(reader) : { kind: 'current-row', distance: null };
  // Between two open ends the unit makes no difference.
  const isOpen = start.kind.startsWith('unbounded') && end.kind.startsWith('unbounded');
  return { unit: isOpen ? 'range' : 'rows', start, end, exclude: null };
}

function readBound(reader: Reader): FrameBound {
  if (accept(reader, 'current', 'row')) return { kind: 'current-row', distance: null };
  const isUnbounded = accept(reader, 'unbounded');
  const distance = isUnbounded ? null : readNumber(reader, reader.tokens[reader.at]?.text);
  const side = sees(reader, 'preceding') ? 'preceding' : 'following';
  expect(reader, side);
  return { kind: isUnbounded ? `unbounded-${side}` : side, distance };
}
