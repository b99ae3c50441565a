import type { DuckDBInstance } from '@duckdb/node-api';
import type { CatalogEntry } from '@seeknal/engine';
import type { Column, NodeId, UpsertKeys } from '@seeknal/manifest';

import { authorSql, prepare } from './author-sql.ts';
import { columnList, findColumn } from './columns.ts';
import { namesIn, rowsText, selectText, type GivenRows } from './given-rows.ts';
import { layoutOf } from './layout.ts';
import { oneRowAKey } from './one-row-a-key.ts';
import { Session } from './session.ts';
import { quoteName } from './sql-text.ts';
import { keepRows, TEMPORARY } from './stage.ts';
import { withTaskCatalog } from './task-catalog.ts';

/** SQL of a node, run over rows that were written out, against the rows it should give. */
export interface Comparison {
  readonly node: NodeId;
  /** The author's, rendered. */
  readonly sql: string;
  readonly inputs: { readonly [node: NodeId]: GivenRows };
  /** `input_0` and so on, to one of the inputs. */
  readonly places: { readonly [place: string]: NodeId };
  readonly upsert?: UpsertKeys;
  /** Only the columns that its rows name are compared; all, where it has no rows. */
  readonly expected: GivenRows;
}

/** How the rows found differ from those expected, whatever their order. */
export interface RowDifference {
  /** What was compared. */
  readonly columns: readonly Column[];
  /** Columns that are expected and not there. Then nothing was compared. */
  readonly absent: readonly string[];
  /** Columns that the SQL gives. */
  readonly found: readonly string[];
  readonly expectedRows: number;
  readonly foundRows: number;
  /** Expected and not found, found and not expected; each row as often as it is too few or too many. */
  readonly missing: readonly (readonly unknown[])[];
  readonly unexpected: readonly (readonly unknown[])[];
}

/** An engine without a warehouse, for tests of SQL. Any number of comparisons may run at once. */
export interface TestBench {
  /** @throws {EngineError} what the SQL fails with, as when it runs; `ENGINE_DUPLICATE_KEYS` included. */
  readonly compare: (comparison: Comparison, signal?: AbortSignal) => Promise<RowDifference>;
  readonly close: () => void;
}

/** Rows shown of a difference: more than anybody reads. */
const MOST_ROWS = 1000;

/** Opens DuckDB in memory, without a way to files or the network. */
export async function openTestBench(): Promise<TestBench> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance: DuckDBInstance = await Instance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  for (const setting of ["TimeZone = 'UTC'", 'errors_as_json = true', 'enable_external_access = false'])
    await connection.run(`SET GLOBAL ${setting}`);
  connection.closeSync();
  return {
    compare: async (comparison, signal) => {
      const own = await instance.connect();
      try {
        return await compare(new Session(own, signal), comparison);
      } finally {
        own.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

function compare(session: Session, comparison: Comparison): Promise<RowDifference> {
  const { node, inputs, places, sql } = comparison;
  const catalog = Object.entries(inputs).map(([id, rows]): CatalogEntry => ({
    from: 'view',
    node: id,
    snapshot: id,
    sql: rowsText(id, rows),
    places: {},
  }));
  return withTaskCatalog(session, layoutOf('memory'), { catalog, places, sql, checks: [] }, async (names) => {
    const text = authorSql(sql, node);
    await prepare(session, text, names);
    const columns = await keepRows(session, text, TEMPORARY, names);
    if (comparison.upsert !== undefined)
      await oneRowAKey(session, node, comparison.upsert, TEMPORARY, columns);
    return difference(session, columns, comparison.expected);
  });
}

async function difference(
  session: Session,
  found: readonly Column[],
  { rows }: GivenRows,
): Promise<RowDifference> {
  const named = namesIn(rows);
  const absent = named.filter((name) => findColumn(found, name) === undefined);
  const columns = named.length === 0 ? found : named.flatMap((name) => findColumn(found, name) ?? []);
  const counts = {
    found: found.map(({ name }) => name),
    expectedRows: rows.length,
    foundRows: Number((await session.row(`SELECT count(*) FROM ${TEMPORARY}`))[0]),
  };
  if (absent.length > 0) return { ...counts, columns, absent, missing: [], unexpected: [] };
  await session.run(`CREATE OR REPLACE TEMP TABLE _seeknal_expected AS ${selectText(rows, columns)}`);
  const compared = columns.map(comparable).join(', ');
  const less = async (from: string, what: string): Promise<RowDifference['missing']> => {
    const sql = `SELECT * FROM (SELECT ${compared} FROM ${from} EXCEPT ALL SELECT ${compared} FROM ${what}) ORDER BY ${columnList(columns)}`;
    return (await session.read(sql, MOST_ROWS)).rows;
  };
  return {
    ...counts,
    columns,
    absent,
    missing: await less('temp.main._seeknal_expected', TEMPORARY),
    unexpected: await less(TEMPORARY, 'temp.main._seeknal_expected'),
  };
}

/** Floats are compared to 12 digits: sums of them depend on the order of rows. */
const comparable = ({ name, type }: Column): string =>
  type === 'DOUBLE' || type === 'FLOAT'
    ? `CAST(format('{:.12g}', ${quoteName(name)}) AS DOUBLE) AS ${quoteName(name)}`
    : quoteName(name);
