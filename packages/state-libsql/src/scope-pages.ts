import { sql, type SQL } from 'drizzle-orm';

import { stateItem, stateSnapshot } from './schema.ts';
import { REMOVED, type ItemText, type SnapshotText } from './scope-rows.ts';
import { numberOf, statement, type Row, type Statement } from './statement.ts';

/** A reader asks for this much at once; servers refuse answers over ten million bytes. */
const PAGE_BYTES = 3_000_000;

/** A snapshot's columns as one JSON text, as `SnapshotText` has them. */
const SNAPSHOT_TEXT = (known: number): SQL =>
  sql`'[' || json_quote(id) || ',' || version || ',' || generation || ',' || fence || ',' || seq || ',' || done ||
    ',' || claims || ',' || body || ',' || CASE WHEN made_version > ${known} THEN made ELSE 'null' END || ']'`;

/** A row of any other field as one JSON text, as `ItemText` has it. */
const ITEM_TEXT: SQL = sql`'[' || json_quote(field) || ',' || json_quote(key) || ',' || version || ',' ||
  json_quote(body) || ']'`;

/**
 * Texts as one text, as many as fit into a page: a client takes much longer over a thousand rows than over one.
 *
 * @param rows A query for `version`, `key` and `text`.
 */
const page = (rows: SQL): SQL =>
  sql`SELECT group_concat(text) AS texts, max(upto) AS upto FROM (
    SELECT text, SUM(length(CAST(text AS BLOB))) OVER (ORDER BY version, key ROWS UNBOUNDED PRECEDING) AS upto
    FROM (${rows})
  ) WHERE upto - length(CAST(text AS BLOB)) < ${PAGE_BYTES}`;

/** How far a reader is in the rows of a table, by version and then by key. */
export interface Cursor {
  readonly version: number;
  readonly key: string | null;
}

export const BEGINNING: Cursor = { version: 0, key: null };

/**
 * The next snapshots of a scope.
 *
 * @param known The epoch up to which what never changes is known.
 */
export const snapshotPage = (key: string, known: number, { version, key: id }: Cursor): Statement =>
  statement(
    page(sql`SELECT version, id AS key, ${SNAPSHOT_TEXT(known)} AS text FROM ${stateSnapshot}
      WHERE scope = ${key} AND version >= ${version} AND (version > ${version} OR id > ${id})`),
  );

/** The next rows of all other fields. */
export const itemPage = (key: string, known: number, { version, key: item }: Cursor): Statement =>
  statement(
    page(sql`SELECT version, ${ITEM_KEY} AS key, ${ITEM_TEXT} AS text FROM ${stateItem}
      WHERE scope = ${key} AND version >= ${version} AND (version > ${version} OR ${ITEM_KEY} > ${item})
      AND (body <> ${REMOVED} OR ${known} > 0)`),
  );

const ITEM_KEY = sql`field || char(10) || key`;

/** A few snapshots of a scope, as they are now. */
export const snapshotsNamed = (key: string, known: number, ids: readonly string[]): Statement =>
  statement(sql`SELECT group_concat(${SNAPSHOT_TEXT(known)}) AS texts FROM ${stateSnapshot}
    WHERE scope = ${key} AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);

/** The tick of a scope, as it is now. */
export const tickNow = (key: string): Statement =>
  statement(
    sql`SELECT ${ITEM_TEXT} AS texts FROM ${stateItem} WHERE scope = ${key} AND field = 'tick' AND key = ''`,
  );

/** Whether there is more than the page holds. */
export const isFull = (row: Row | undefined): boolean => numberOf(row, 'upto') >= PAGE_BYTES;

export const snapshotsOf = (row: Row | undefined): readonly SnapshotText[] => textsOf(row);
export const itemsOf = (row: Row | undefined): readonly ItemText[] => textsOf(row);

/** How far a reader is who has read these, if they are any. */
export const afterSnapshots = (rows: readonly SnapshotText[]): Cursor | undefined =>
  newest(rows.map(([id, version]) => ({ version, key: id })));

export const afterItems = (rows: readonly ItemText[]): Cursor | undefined =>
  newest(rows.map(([field, key, version]) => ({ version, key: `${field}\n${key}` })));

/** The JSON texts of a page; one text for all is parsed much faster than one by one. */
const textsOf = <T>(row: Row | undefined): readonly T[] =>
  typeof row?.['texts'] === 'string' ? (JSON.parse(`[${row['texts']}]`) as readonly T[]) : [];

/** The last one in the order in which the database gives them: by version, then by the bytes of the key. */
const newest = (cursors: readonly Cursor[]): Cursor | undefined =>
  cursors
    .toSorted(
      (a, b) => a.version - b.version || Buffer.compare(Buffer.from(a.key ?? ''), Buffer.from(b.key ?? '')),
    )
    .at(-1);
