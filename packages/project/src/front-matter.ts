import type { SourceText } from './source-text.ts';

/** A `.sql` file: its YAML, at the offsets it has in the file, and where its SQL begins. */
export interface FrontMatter {
  /** The YAML with everything else blanked out; null when the file has none. */
  readonly yaml: string | null;
  readonly sqlStart: number;
}

const COMMENT = /^\uFEFF?\s*\/\*\s*?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)[ \t]*---\s*\*\/[ \t]*\r?\n?/;

/** Takes the leading comment of a SQL file, fenced by lines of three dashes, apart from the SQL below it. */
export function frontMatter({ text }: SourceText): FrontMatter {
  const match = COMMENT.exec(text);
  if (match === null) return { yaml: null, sqlStart: 0 };
  const yaml = match[1] as string;
  const start = text.indexOf('---') + /^---[ \t]*\r?\n/.exec(text.slice(text.indexOf('---')))![0].length;
  return { yaml: text.slice(0, start).replaceAll(/[^\r\n]/g, ' ') + yaml, sqlStart: match[0].length };
}
