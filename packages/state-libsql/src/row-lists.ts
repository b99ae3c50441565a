import { sql, type SQL } from 'drizzle-orm';

import { stateMeta } from './schema.ts';

/** Characters; a value of five million bytes is refused by servers. */
const LONGEST_LIST = 1_000_000;

/** `FROM` rows given as a JSON list, and none of them when the batch is void. */
export const rowsOf = (rows: string, token: string): SQL =>
  sql`json_each(${rows}) AS r, ${stateMeta} AS m WHERE m.token = ${token}`;

/** Rows as JSON lists, none of them longer than a server takes as one value. */
export function listsOf(rows: readonly object[]): readonly string[] {
  const lists: string[] = [];
  let texts: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (texts.length > 0 && length + text.length > LONGEST_LIST) {
      lists.push(`[${texts.join(',')}]`);
      texts = [];
      length = 0;
    }
    texts.push(text);
    length += text.length;
  }
  if (texts.length > 0) lists.push(`[${texts.join(',')}]`);
  return lists;
}

export const column = (name: string): SQL => sql.raw(`r.value ->> '${name}'`);
