import type { Place, SqlText } from '@seeknal/manifest';
import { findReferences, tokenize } from '@seeknal/sql-ast/text';

import { quotedRef, runScope, type RunValues } from './scopes.ts';
import { templatePlace } from './template-place.ts';
import type { Piece, Scope } from './template-scope.ts';
import { renderTemplate } from './template.ts';

/** SQL ready to run, and the way back from it to the author's file. */
export interface RenderedSql {
  readonly sql: string;
  /** Where a character of `sql` stands in the author's file; of a substituted one, where its tag stands. */
  readonly placeOf: (offset: number) => Place;
}

/**
 * The SQL of a node for one run: values put in, `ref('kind.name')` made `"kind"."name"`, everything else as
 * the author wrote it.
 *
 * @throws {ProjectError} `TEMPLATE_INVALID`, with the place in the author's file.
 */
export const renderSql = (text: SqlText, values: RunValues): RenderedSql => renderIn(text, runScope(values));

/** As `renderSql`, with names that mean something else. */
export const renderIn = (text: SqlText, scope: Scope): RenderedSql =>
  placed(text, withoutCalls(renderTemplate(text, scope), scope));

/** As `renderIn`, with `ref('kind.name')` left in. */
export const renderWithRefs = (text: SqlText, scope: Scope): RenderedSql =>
  placed(text, renderTemplate(text, { ...scope, ref: (ref) => `ref('${ref.replaceAll("'", "''")}')` }));

function placed(text: SqlText, pieces: readonly Piece[]): RenderedSql {
  const starts: number[] = [];
  let length = 0;
  for (const piece of pieces) {
    starts.push(length);
    length += piece.text.length;
  }
  const placeOf = (offset: number): Place => {
    let i = starts.findLastIndex((start) => start <= offset);
    // An empty piece at the same offset is not the one the character belongs to.
    while (i > 0 && pieces[i]?.text === '') i -= 1;
    const piece = pieces[i];
    if (piece === undefined) return text.place;
    const into = Math.min(offset - (starts[i] as number), piece.text.length);
    return templatePlace(text, piece.isCopy ? piece.at + into : piece.at);
  };
  return { sql: pieces.map((piece) => piece.text).join(''), placeOf };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Replaces `ref('…')` and, for a map of inputs, `$name`. SQL that is no SQL stays as it is: the engine says so. */
function withoutCalls(pieces: readonly Piece[], scope: Scope): readonly Piece[] {
  const sql = pieces.map(({ text }) => text).join('');
  if (!/\bref\s*\(|\$[A-Za-z_]/i.test(sql)) return pieces;
  const edits = callsIn(sql, scope);
  const result: Piece[] = [];
  let offset = 0;
  let edit = edits.shift();
  for (const piece of pieces) {
    let from = 0;
    while (edit !== undefined && edit.start < offset + piece.text.length) {
      const start = Math.max(0, edit.start - offset);
      if (start > from) result.push(slice(piece, from, start));
      // An edit that began in an earlier piece has been written already.
      if (edit.start >= offset)
        result.push({ text: edit.text, at: piece.isCopy ? piece.at + start : piece.at, isCopy: false });
      from = Math.min(edit.end - offset, piece.text.length);
      if (edit.end > offset + piece.text.length) break;
      edit = edits.shift();
    }
    if (from < piece.text.length) result.push(slice(piece, from, piece.text.length));
    offset += piece.text.length;
  }
  return result;
}

function callsIn(sql: string, scope: Scope): Edit[] {
  try {
    const refs = findReferences(sql, () => false).flatMap((found) =>
      found.kind === 'ref' ? [{ start: found.start, end: found.end, text: quotedRef(found.id) }] : [],
    );
    const parameters = tokenize(sql).flatMap(({ kind, text, start, end }) => {
      const value = kind === 'parameter' ? scope.value(text.slice(1)) : undefined;
      return typeof value === 'string' && value.startsWith('"') ? [{ start, end, text: value }] : [];
    });
    return [...refs, ...parameters].toSorted((a, b) => a.start - b.start);
  } catch {
    return [];
  }
}

const slice = ({ text, at, isCopy }: Piece, from: number, to: number): Piece => ({
  text: text.slice(from, to),
  at: isCopy ? at + from : at,
  isCopy,
});
