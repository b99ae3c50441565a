/** What JSON holds, numbers that JavaScript might round left as their text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A string, or a number; DuckDB writes those numbers too that JSON lacks. */
const piece = /"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity)|NaN/g;

/**
 * Parses JSON without losing a digit: whole numbers of up to 15 digits become numbers, all others strings
 * with the text they were written as. Linear in the length of the text.
 *
 * @throws {SyntaxError} When the text is no JSON.
 */
export function parseExactly(text: string): Json {
  return JSON.parse(
    text.replace(piece, (found) => (/^"|^-?\d{1,15}$/.test(found) ? found : `"${found}"`)),
  ) as Json;
}

/** The node as one line of text, the places in the author's text left out: equal texts mean the same. */
export function plainText(json: Json): string {
  return JSON.stringify(json, (key, value: Json) => (key === 'query_location' ? undefined : value));
}
