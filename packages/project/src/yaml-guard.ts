import { Lexer } from 'yaml';

import { DEEPEST_YAML } from './limits.ts';
import { problemAt, type Problem } from './problem.ts';
import type { SourceText } from './source-text.ts';

/**
 * Looks for nesting the YAML parser must never see: some hundred levels overflow its stack, and a thousand
 * (2 KB) abort the whole process. Walks the tokens of the parser's own lexer, which is not recursive, and
 * counts open brackets and the columns at which block collections began. O(length).
 */
export function tooDeepProblem(source: SourceText): Problem | null {
  // Every level takes a line, an indicator or a bracket of its own: most files have too few to look further.
  if ((source.text.match(/[\n\r?:[{-]/g) ?? []).length < DEEPEST_YAML) return null;
  const columns: number[] = [];
  let brackets = 0;
  let offset = 0;
  let column = 0;
  let startsLine = true;
  let previous = '';
  for (const token of new Lexer().lex(source.text)) {
    // The lexer announces scalars and documents by control characters that are not part of the text.
    if (token === '\u0002' || token === '\u0018' || token === '\u001f') continue;
    const first = token[0] as string;
    if (!/[\s#\uFEFF]/.test(first)) {
      if (brackets === 0) {
        if (startsLine) while ((columns.at(-1) ?? -1) >= column) columns.pop();
        // A collection begins at the first token of a line, and at each indicator of a compact one: `- - -`.
        if (startsLine || token === '-' || token === '?' || (token === ':' && '-?:'.includes(previous))) {
          columns.push(column);
        }
      }
      if (first === '[' || first === '{') brackets += 1;
      if (first === ']' || first === '}') brackets = Math.max(0, brackets - 1);
      startsLine = false;
      previous = token;
    }
    if (brackets + columns.length > DEEPEST_YAML) {
      return problemAt(
        source,
        offset,
        'YAML_TOO_DEEP',
        `This YAML is nested deeper than ${DEEPEST_YAML} levels.`,
        'Flatten it: no part of a project needs that many levels.',
      );
    }
    offset += token.length;
    const lastBreak = Math.max(token.lastIndexOf('\n'), token.lastIndexOf('\r'));
    startsLine ||= lastBreak >= 0;
    column = lastBreak >= 0 ? token.length - lastBreak - 1 : column + token.length;
  }
  return null;
}
