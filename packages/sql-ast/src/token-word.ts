import { foldCase } from './keywords.ts';
import type { Token } from './lexer.ts';

/** Whether the token is this word, unquoted; `word` in small letters. */
export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(foldCase(token.text));

/** The name a word or quoted token stands for, quotes taken off; undefined for anything else, `U&"…"` too. */
export function nameOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'word') return token.text;
  if (token?.kind !== 'quoted') return undefined;
  const quote = token.text[0]!;
  if (quote !== '"' && quote !== '`') return undefined;
  return token.text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The value of a string written as `'…'` or `$tag$…$tag$`; undefined for strings with escapes or a prefix. */
export function stringOf(token: Token | undefined): string | undefined {
  if (token?.kind !== 'string') return undefined;
  if (token.text.startsWith("'")) return token.text.slice(1, -1).replaceAll("''", "'");
  if (!token.text.startsWith('$')) return undefined;
  const length = token.text.indexOf('$', 1) + 1;
  return token.text.slice(length, -length);
}
