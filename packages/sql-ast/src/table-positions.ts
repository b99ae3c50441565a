import type { Token } from './lexer.ts';
import { isWord } from './token-word.ts';

/** Words after which a table is named; a comma does the same until the clause ends. */
const opens = [
  'from',
  'join',
  'pivot',
  'unpivot',
  'pivot_wider',
  'pivot_longer',
  'table',
  'describe',
  'summarize',
];
const closes =
  'where group having window qualify order limit offset union intersect except select values on'.split(' ');

/**
 * The first token of every table a text may name, without parsing it: rather a token too many than one
 * too few.
 *
 * @param tokens Without comments.
 */
export function tablePositions(tokens: readonly Token[]): ReadonlySet<Token> {
  const found = new Set<Token>();
  // For each open bracket: whether a FROM clause is under way, and whether a table is named next.
  const levels = [{ from: false, expects: false }];
  tokens.forEach((token, at) => {
    const level = levels.at(-1)!;
    const { expects } = level;
    level.expects = false;
    if ('([{'.includes(token.text)) levels.push({ from: expects && token.text === '(', expects });
    else if (')]}'.includes(token.text)) levels.splice(Math.max(1, levels.length - 1));
    else if (tokens[at - 1]?.text === '.') return; // A column, whatever the word.
    else if (isWord(token, ...opens) && !isComparison(tokens, at)) {
      level.from = level.expects = true;
    } else if (isWord(token, ...closes)) level.from = level.from && isWord(token, 'on');
    else if (token.text === ',' || token.text === ':') level.expects = level.from;
    else if (expects) found.add(token);
  });
  return found;
}

/** The FROM of IS [NOT] DISTINCT FROM. */
const isComparison = (tokens: readonly Token[], at: number): boolean =>
  isWord(tokens[at - 1], 'distinct') && isWord(tokens[at - 2], 'is', 'not');
