import { EngineError } from '@seeknal/engine';

import type { Session } from './session.ts';
import { quotePath, quoteText } from './sql-text.ts';

/** Raised when an older Seeknal could no longer read what this one writes. */
const LAYOUT_VERSION = 2;

/** The hidden column of an incremental table without a time column: the start of the interval a row belongs to. */
export const HIDDEN_KEY = '_seeknal_start';

/** Part of the name of every table that a task stages beside its target. */
export const STAGE_MARK = '__stage_';

/** Where a warehouse keeps its own things, by full name, whatever catalogue is current. */
export interface Layout {
  /** The name of the warehouse's catalogue: the file's name without its ending. */
  readonly catalog: string;
  /** `tables` → `"shop"."_seeknal"."tables"`. */
  readonly own: (name: string) => string;
  /** A physical table, by full name. */
  readonly data: (name: string) => string;
}

export const layoutOf = (catalog: string): Layout => ({
  catalog,
  own: (name) => quotePath(catalog, '_seeknal', name),
  data: (name) => quotePath(catalog, '_data', name),
});

/** A physical table as views of the warehouse name it: without the catalogue, which is the file's name and may change. */
export const localData = (name: string): string => quotePath('_data', name);

/**
 * Creates what is missing of Seeknal's own schema and drops what interrupted tasks left staged.
 *
 * @param isShared Whether another engine of this process has the file open, whose tasks may be staging.
 * @throws {EngineError} `ENGINE_WAREHOUSE_TOO_NEW` when a newer Seeknal made it.
 */
export async function prepareLayout(
  session: Session,
  layout: Layout,
  newId: string,
  isShared: boolean,
): Promise<void> {
  const { own } = layout;
  const found = await session.rows(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = ${quoteText(layout.catalog)} AND schema_name = '_seeknal' AND table_name = 'meta'`,
  );
  if (found.length > 0) {
    const version = Number(
      (await session.row(`SELECT value FROM ${own('meta')} WHERE key = 'layout'`))[0] ?? 0,
    );
    if (version > LAYOUT_VERSION) {
      throw new EngineError(
        'ENGINE_WAREHOUSE_TOO_NEW',
        `The warehouse has layout ${version}; this Seeknal knows ${LAYOUT_VERSION}.`,
        { hint: 'Upgrade Seeknal, or point the project at another warehouse.' },
      );
    }
    if (version < LAYOUT_VERSION) await upgrade(session, layout);
    if (!isShared) await dropLeftovers(session, layout);
    return;
  }
  await session.transaction(async () => {
    for (const sql of creation(layout, newId)) await session.run(sql);
  });
}

/**
 * No keys and no indexes: when the disk is full at COMMIT, DuckDB 1.5 takes back what it put into an index in
 * a way that aborts the whole process. That rows are unique is seen to by locks: one process has the file.
 */
const creation = ({ catalog, own }: Layout, newId: string): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${quotePath(catalog, '_seeknal')}`,
  `CREATE SCHEMA IF NOT EXISTS ${quotePath(catalog, '_data')}`,
  `CREATE SEQUENCE ${own('table_ids')}`,
  `CREATE TABLE ${own('meta')} (key VARCHAR NOT NULL, value VARCHAR NOT NULL)`,
  `INSERT INTO ${own('meta')} VALUES ('layout', '${LAYOUT_VERSION}'), ('warehouse', ${quoteText(newId)})`,
  `CREATE TABLE ${own('tables')} (
    snapshot VARCHAR NOT NULL, table_id BIGINT NOT NULL, node VARCHAR NOT NULL, name VARCHAR, seq BIGINT NOT NULL,
    time_column VARCHAR, hidden_key BOOLEAN NOT NULL, columns VARCHAR NOT NULL, digest VARCHAR NOT NULL, created_at BIGINT NOT NULL, upsert VARCHAR)`,
  `CREATE TABLE ${own('commits')} (
    snapshot VARCHAR NOT NULL, node VARCHAR NOT NULL, table_id BIGINT NOT NULL, "start" BIGINT NOT NULL, "end" BIGINT NOT NULL,
    generation BIGINT NOT NULL, fence BIGINT NOT NULL, seq BIGINT NOT NULL, run VARCHAR NOT NULL, task VARCHAR NOT NULL,
    rows BIGINT NOT NULL, dropped BIGINT NOT NULL, digest VARCHAR NOT NULL, changed VARCHAR NOT NULL, seen VARCHAR NOT NULL,
    columns VARCHAR NOT NULL, checks VARCHAR NOT NULL, version VARCHAR NOT NULL, finished_at BIGINT NOT NULL)`,
  `CREATE TABLE ${own('environments')} (env VARCHAR NOT NULL, epoch BIGINT NOT NULL)`,
  `CREATE TABLE ${own('views')} (
    env VARCHAR NOT NULL, schema VARCHAR NOT NULL, name VARCHAR NOT NULL, node VARCHAR NOT NULL, snapshot VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, position BIGINT NOT NULL, sql VARCHAR NOT NULL, shape VARCHAR NOT NULL)`,
  `CREATE TABLE ${own('source_days')} (snapshot VARCHAR NOT NULL, day BIGINT NOT NULL, digest VARCHAR NOT NULL)`,
];

/** From layout 1, which had no upserts. */
async function upgrade(session: Session, { own }: Layout): Promise<void> {
  await session.transaction(async () => {
    await session.run(`ALTER TABLE ${own('tables')} ADD COLUMN IF NOT EXISTS upsert VARCHAR`);
    await session.run(`UPDATE ${own('meta')} SET value = '${LAYOUT_VERSION}' WHERE key = 'layout'`);
  });
}

/** One writing process a warehouse: what is staged when it opens belongs to nobody. */
async function dropLeftovers(session: Session, { catalog, data }: Layout): Promise<void> {
  const leftovers = await session.rows(
    `SELECT table_name FROM duckdb_tables()
     WHERE database_name = ${quoteText(catalog)} AND schema_name = '_data' AND contains(table_name, ${quoteText(STAGE_MARK)})`,
  );
  for (const [name] of leftovers) await session.run(`DROP TABLE IF EXISTS ${data(String(name))}`);
}
