import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { DocumentStore } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { errorOf } from './connection-failure.ts';
import type { Connection } from './connection.ts';
import { stateText } from './schema.ts';
import { numberOf, statement, textOf, type Statement } from './statement.ts';

/** Characters in one row, and rows in one request. */
const PIECE = 500_000;
const PIECES_AT_ONCE = 4;
/** The row that says how many pieces there are; without it there is no text. */
const COUNT = -1;

/** Long texts by id, packed. A text is there once its last row, the count, is. */
export function textsOf(connection: Connection, deadlineFromNow: () => number): DocumentStore['texts'] {
  const write = async (statements: readonly Statement[], deadline: number): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const sent = await connection.send('write', statements);
      if (sent.status === 'answered') return;
      if (sent.failure.kind === 'final') throw errorOf(sent.failure);
      await connection.pause(attempt, deadline, sent.failure);
    }
  };
  return {
    write: async (id, text) => {
      const deadline = deadlineFromNow();
      const pieces = piecesOf((await pack(text)).toString('base64'));
      const rows = [
        ...pieces.map((body, piece) => [piece, body] as const),
        [COUNT, `${pieces.length}`] as const,
      ];
      for (let from = 0; from < rows.length; from += PIECES_AT_ONCE) {
        const some = rows.slice(from, from + PIECES_AT_ONCE).map(([piece, body]) =>
          statement(sql`INSERT INTO ${stateText} (id, piece, body) VALUES (${id}, ${piece}, ${body})
            ON CONFLICT (id, piece) DO UPDATE SET body = excluded.body`),
        );
        await write(some, deadline);
      }
    },
    read: async (id) => {
      const deadline = deadlineFromNow();
      const first = sql`SELECT piece, body FROM ${stateText} WHERE id = ${id} AND piece < ${PIECES_AT_ONCE} ORDER BY piece`;
      const [rows = []] = await connection.read([statement(first)], deadline);
      if (rows.length === 0 || numberOf(rows[0], 'piece') !== COUNT) return null;
      const count = numberOf(rows[0], 'body');
      const bodies = rows.slice(1).map((row) => textOf(row, 'body'));
      while (bodies.length < count) {
        const more = sql`SELECT body FROM ${stateText} WHERE id = ${id} AND piece >= ${bodies.length}
          AND piece < ${bodies.length + PIECES_AT_ONCE} ORDER BY piece`;
        const [next = []] = await connection.read([statement(more)], deadline);
        if (next.length === 0) return null;
        bodies.push(...next.map((row) => textOf(row, 'body')));
      }
      return (await unpack(Buffer.from(bodies.join(''), 'base64'))).toString();
    },
    remove: (id) => write([statement(sql`DELETE FROM ${stateText} WHERE id = ${id}`)], deadlineFromNow()),
  };
}

const pack = promisify<string, Buffer>(gzip);
const unpack = promisify<Buffer, Buffer>(gunzip);

const piecesOf = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) => text.slice(at * PIECE, (at + 1) * PIECE));
