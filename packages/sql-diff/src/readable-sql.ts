import { tokenize } from '@seeknal/sql-ast';

const CLAUSES = new Set(
  'with select from where group having window qualify order limit offset union except intersect join left right full inner cross natural semi anti asof positional'.split(
    ' ',
  ),
);

/** Words of two that begin a clause by the first of them. */
const SECONDS = new Set('join outer'.split(' '));

/**
 * Canonical SQL, which is one line, over several: a line for each clause and each item of the outermost lists,
 * so that a comparison of lines shows what changed. The words stay as they are.
 *
 * @throws {SqlError} As `tokenize`.
 */
export function readableSql(sql: string): string {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const flush = (): void => {
    if (line.trim() !== '') lines.push(line);
    line = '';
  };
  let before = '';
  for (const { kind, text } of tokenize(sql)) {
    const word = kind === 'word' ? text.toLowerCase() : '';
    if (
      CLAUSES.has(word) &&
      depth === 0 &&
      !SECONDS.has(before) &&
      !(SECONDS.has(word) && CLAUSES.has(before))
    ) {
      flush();
    }
    if ('([{'.includes(text)) depth += 1;
    if (')]}'.includes(text)) depth -= 1;
    line += glued(line, text) ? text : ` ${text}`;
    if (text === ',' && depth === 0) {
      flush();
      line = '  ';
    }
    before = word;
  }
  flush();
  return lines.map((each) => (each.startsWith('  ') ? `  ${each.trim()}` : each.trim())).join('\n');
}

/** Whether a token stands right behind what is before it. */
const glued = (line: string, text: string): boolean =>
  line === '' ||
  [',', ')', ']', '.', '::', ';'].includes(text) ||
  /(?:[([.]|::)$/u.test(line) ||
  (text === '(' && /\w$/u.test(line));
