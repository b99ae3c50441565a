/** One statement of a text, without its semicolon. */
export interface Statement {
  readonly text: string;
  /** Where its first character stands in the whole, in UTF-16 units. */
  readonly offset: number;
}

/** What may hold a semicolon that ends nothing; the last alternative is any other character. */
const PIECE = /--[^\n]*|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$([A-Za-z_]\w*)?\$|\/\*|;|[^]/g;

/** Cuts a text at its semicolons, those in strings, quoted names, dollar quotes and comments aside. O(n). */
export function splitStatements(sql: string): readonly Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let hasCode = false;
  const finish = (end: number): void => {
    if (hasCode) statements.push({ text: sql.slice(start, end), offset: start });
    hasCode = false;
  };
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(sql); match !== null; match = PIECE.exec(sql)) {
    const piece = match[0];
    if (piece === ';') {
      finish(match.index);
      start = match.index + 1;
    } else if (piece === '/*') {
      PIECE.lastIndex = endOfComment(sql, match.index);
    } else if (piece.startsWith('--')) {
      continue;
    } else if (piece.length > 1 && piece.startsWith('$')) {
      const close = sql.indexOf(piece, match.index + piece.length);
      PIECE.lastIndex = close === -1 ? sql.length : close + piece.length;
      hasCode = true;
    } else if (piece.trim() !== '') {
      hasCode = true;
    }
  }
  finish(sql.length);
  return statements;
}

/** Comments nest. Returns the offset after the one that opens at `at`. */
function endOfComment(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i += 1) {
    if (sql.startsWith('/*', i)) depth += 1;
    else if (sql.startsWith('*/', i)) depth -= 1;
    else continue;
    i += 1;
    if (depth === 0) return i + 1;
  }
  return sql.length;
}
