import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { DocumentStore } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { errorOf } from './connection-failure.ts';
import type { Answers, Connection } from './connection.ts';
import { NOW_MS } from './migrate.ts';
import { column, listsOf } from './row-lists.ts';
import { stateChunk, stateText, stateTextChunk } from './schema.ts';
import { numberOf, statement, textOf, type Statement } from './statement.ts';
import { textPieces, type Piece } from './text-pieces.ts';

/** Pieces in one answer. */
const PIECES_AT_ONCE = 40;
/** A piece that no text has is kept for so long: somebody may be about to name it. */
const UNNAMED_MS = 3_600_000;

/**
 * Long texts by id, as lists of pieces; only pieces that are not there yet are sent. A text is there once its list
 * is, and its list is written only while all its pieces are there.
 */
export function textsOf(connection: Connection, deadlineFromNow: () => number): DocumentStore['texts'] {
  const write = async (statements: readonly Statement[], deadline: number): Promise<Answers> => {
    for (let attempt = 0; ; attempt += 1) {
      const sent = await connection.send('write', statements);
      if (sent.status === 'answered') return sent.answers;
      if (sent.failure.kind === 'final') throw errorOf(sent.failure);
      await connection.pause(attempt, deadline, sent.failure);
    }
  };
  return {
    write: async (id, text) => {
      const deadline = deadlineFromNow();
      const pieces = textPieces(text);
      const hashes = JSON.stringify(pieces.map(({ hash }) => hash));
      for (;;) {
        const missing = await missingOf(connection, pieces, deadline);
        const lists = listsOf(await Promise.all(missing.map(chunkRow)));
        const inserts = lists.map((list) =>
          statement(sql`INSERT INTO ${stateChunk} (hash, at, body)
            SELECT ${column('hash')}, ${NOW_MS}, ${column('body')} FROM json_each(${list}) AS r WHERE 1
            ON CONFLICT (hash) DO UPDATE SET at = excluded.at`),
        );
        // A server takes ten million bytes at once.
        for (const insert of inserts.slice(0, -1)) await write([insert], deadline);
        const last = await write(
          [
            ...inserts.slice(-1),
            statement(sql`DELETE FROM ${stateTextChunk} WHERE id = ${id}`),
            statement(sql`WITH list AS MATERIALIZED (SELECT key AS piece, value AS hash FROM json_each(${hashes}))
              INSERT INTO ${stateTextChunk} (id, piece, hash) SELECT ${id}, piece, hash FROM list
              WHERE NOT EXISTS (SELECT 1 FROM list WHERE hash NOT IN (SELECT hash FROM ${stateChunk}))`),
            statement(sql`SELECT count(*) AS n FROM ${stateTextChunk} WHERE id = ${id}`),
          ],
          deadline,
        );
        // Otherwise a piece went while the others were sent.
        if (numberOf(last.at(-1)?.[0], 'n') === pieces.length) return;
      }
    },
    read: async (id) => {
      const deadline = deadlineFromNow();
      const bodies: Buffer[] = [];
      for (let count = 1; bodies.length < count;) {
        const more = sql`SELECT (SELECT count(*) FROM ${stateTextChunk} WHERE id = ${id}) AS n, body
          FROM ${stateTextChunk} JOIN ${stateChunk} USING (hash) WHERE id = ${id} AND piece >= ${bodies.length}
          AND piece < ${bodies.length + PIECES_AT_ONCE} ORDER BY piece`;
        const [rows = []] = await connection.read([statement(more)], deadline);
        if (rows.length === 0) return bodies.length === 0 ? wholeText(connection, id, deadline) : null;
        count = numberOf(rows[0], 'n');
        bodies.push(...rows.map((row) => Buffer.from(textOf(row, 'body'), 'base64')));
      }
      return Buffer.concat(await Promise.all(bodies.map((body) => unpack(body)))).toString();
    },
    remove: async (id) => {
      const statements = [
        sql`DELETE FROM ${stateText} WHERE id = ${id}`,
        sql`DELETE FROM ${stateTextChunk} WHERE id = ${id}`,
        sql`DELETE FROM ${stateChunk} WHERE at < ${NOW_MS} - ${UNNAMED_MS}
          AND hash NOT IN (SELECT hash FROM ${stateTextChunk})`,
      ];
      await write(statements.map(statement), deadlineFromNow());
    },
  };
}

/** Those of the pieces that are not there. */
async function missingOf(
  connection: Connection,
  pieces: readonly Piece[],
  deadline: number,
): Promise<readonly Piece[]> {
  const byHash = new Map(pieces.map((piece) => [piece.hash, piece]));
  const find = sql`SELECT value AS hash FROM json_each(${JSON.stringify([...byHash.keys()])})
    WHERE value NOT IN (SELECT hash FROM ${stateChunk})`;
  const [rows = []] = await connection.read([statement(find)], deadline);
  return rows.flatMap((row) => byHash.get(textOf(row, 'hash')) ?? []);
}

const chunkRow = async ({ hash, bytes }: Piece): Promise<object> => ({
  hash,
  body: (await pack(bytes)).toString('base64'),
});

/** The row of a text of schema 1 that says how many pieces there are; without it there is no text. */
const COUNT = -1;
/** Half a million characters each. */
const WHOLE_PIECES_AT_ONCE = 4;

/** A text as schema 1 kept it: packed as a whole, then cut. */
async function wholeText(connection: Connection, id: string, deadline: number): Promise<string | null> {
  const first = sql`SELECT piece, body FROM ${stateText} WHERE id = ${id} AND piece < ${WHOLE_PIECES_AT_ONCE}
    ORDER BY piece`;
  const [rows = []] = await connection.read([statement(first)], deadline);
  if (rows.length === 0 || numberOf(rows[0], 'piece') !== COUNT) return null;
  const count = numberOf(rows[0], 'body');
  const bodies = rows.slice(1).map((row) => textOf(row, 'body'));
  while (bodies.length < count) {
    const more = sql`SELECT body FROM ${stateText} WHERE id = ${id} AND piece >= ${bodies.length}
      AND piece < ${bodies.length + WHOLE_PIECES_AT_ONCE} ORDER BY piece`;
    const [next = []] = await connection.read([statement(more)], deadline);
    if (next.length === 0) return null;
    bodies.push(...next.map((row) => textOf(row, 'body')));
  }
  return (await unpack(Buffer.from(bodies.join(''), 'base64'))).toString();
}

const pack = promisify<Buffer, Buffer>(gzip);
const unpack = promisify<Buffer, Buffer>(gunzip);
