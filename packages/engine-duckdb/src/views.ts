import { EngineError, type Switched, type View, type ViewSwitch } from '@seeknal/engine';
import type { JsonObject, NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { columnList, describe } from './columns.ts';
import { inEnvironment, warehouseNames, type WarehouseNames } from './environment-names.ts';
import { localData } from './layout.ts';
import { nodeName } from './node-name.ts';
import type { Session } from './session.ts';
import { shownRows } from './shown-rows.ts';
import { fileRelation } from './sources.ts';
import { literal, quoteName, quotePath, quoteText } from './sql-text.ts';
import { tableRecords, type TableRecord } from './table-records.ts';
import { viewNodeText } from './task-catalog.ts';
import { retryConflicts, type Warehouse } from './warehouse.ts';

/** The environment whose views have the plain names. */
const MAIN_ENVIRONMENT = 'prod';

/** A view as it is to be, or as the warehouse records it. */
interface PlannedView {
  readonly schema: string;
  readonly name: string;
  readonly node: NodeId;
  readonly snapshot: SnapshotId;
  readonly kind: View['from'];
  readonly sql: string;
  /** The columns and types the SQL alone does not show. */
  readonly shape: string;
}

/** Readers see `<kind>.<name>` in prod, `<kind>__<env>.<name>` elsewhere. */
export const schemaOf = (environment: string, kind: string): string =>
  environment === MAIN_ENVIRONMENT ? kind : `${kind}__${environment}`;

/** @throws {EngineError} `ENGINE_SWITCH_REFUSED`, see the contract; `ENGINE_INPUT_MISSING` for a table never built. */
export function switchViews(session: Session, warehouse: Warehouse, change: ViewSwitch): Promise<Switched> {
  return retryConflicts(() => session.transaction(() => switchOnce(session, warehouse, change)));
}

/** The epoch of every environment that has been switched. */
export async function readEpochs(
  session: Session,
  layout: Warehouse['layout'],
): Promise<{ readonly [environment: string]: number }> {
  const rows = await session.rows(`SELECT env, epoch FROM ${layout.own('environments')}`);
  return Object.fromEntries(rows.map(([name, epoch]) => [String(name), Number(epoch)]));
}

/** Where the warehouse keeps what the newest switch of an environment said of itself. */
const NOTE = 'switch:';

export async function readSwitchNotes(
  session: Session,
  layout: Warehouse['layout'],
): Promise<{ readonly [environment: string]: JsonObject }> {
  const rows = await session.rows(
    `SELECT key[${NOTE.length + 1}:], value FROM ${layout.own('meta')} WHERE starts_with(key, '${NOTE}')`,
  );
  return Object.fromEntries(
    rows.map(([name, note]) => [String(name), JSON.parse(String(note)) as JsonObject]),
  );
}

/** Replaces what is noted of an environment's newest switch; without a note, forgets it. */
export async function noteSwitch(
  session: Session,
  layout: Warehouse['layout'],
  environment: string,
  note: JsonObject | undefined,
): Promise<void> {
  const key = quoteText(`${NOTE}${environment}`);
  await session.run(`DELETE FROM ${layout.own('meta')} WHERE key = ${key}`);
  if (note === undefined) return;
  await session.run(`INSERT INTO ${layout.own('meta')} VALUES (${key}, ${quoteText(JSON.stringify(note))})`);
}

async function switchOnce(session: Session, warehouse: Warehouse, change: ViewSwitch): Promise<Switched> {
  const { own } = warehouse.layout;
  const environment = quoteText(change.environment);
  const recorded = await recordedViews(session, warehouse, change.environment);
  const planned = await planViews(session, warehouse, change, recorded);
  const [epoch] = await session.row(`SELECT epoch FROM ${own('environments')} WHERE env = ${environment}`);
  const key = (view: PlannedView): string => quotePath(view.schema, view.name).toLowerCase();
  const before = new Map(recorded.map((view) => [key(view), view]));
  const after = new Map(planned.map((view) => [key(view), view]));
  const differing = planned.filter((view) => !sameView(before.get(key(view)), view));
  const gone = recorded.filter((view) => !after.has(key(view)));
  const isSame = differing.length === 0 && gone.length === 0;
  if (epoch !== undefined && Number(epoch) >= change.epoch) {
    if (isSame) return { changed: [], statements: 0 };
    throw new EngineError(
      'ENGINE_SWITCH_REFUSED',
      `The views of ${change.environment} are at epoch ${String(epoch)}; a switch to ${change.epoch} with other views comes too late.`,
      { hint: 'Another run switched this environment. Plan again.' },
    );
  }
  await session.run(`DELETE FROM ${own('environments')} WHERE env = ${environment}`);
  await session.run(`INSERT INTO ${own('environments')} VALUES (${environment}, ${change.epoch})`);
  await noteSwitch(session, warehouse.layout, change.environment, change.note);
  if (isSame) return { changed: [], statements: 0 };
  for (const view of gone) session.queue(`DROP VIEW IF EXISTS ${quotePath(view.schema, view.name)}`);
  const created = await createViews(session, differing);
  await record(session, warehouse, change.environment, planned, { differing, gone });
  const dropped = await dropEmptySchemas(session, warehouse, gone, planned);
  return {
    changed: [...new Set([...differing, ...gone].map(({ node }) => node))].toSorted(),
    statements: gone.length + created + dropped,
  };
}

const sameView = (a: PlannedView | undefined, b: PlannedView): boolean =>
  a !== undefined &&
  a.node === b.node &&
  a.snapshot === b.snapshot &&
  a.kind === b.kind &&
  a.sql === b.sql &&
  a.shape === b.shape;

async function planViews(
  session: Session,
  warehouse: Warehouse,
  change: ViewSwitch,
  recorded: readonly PlannedView[],
): Promise<readonly PlannedView[]> {
  const records = await tableRecords(
    session,
    warehouse.layout,
    change.views.map(({ snapshot }) => snapshot),
  );
  const places = new Map(recorded.map((view) => [quotePath(view.schema, view.name), view]));
  const names = await otherNames(session, warehouse, change);
  const planned: PlannedView[] = [];
  for (const view of change.views) {
    const { kind, name } = nodeName(view.node);
    const schema = schemaOf(change.environment, kind);
    const text = await viewText(session, change.environment, view, records.get(view.snapshot), names);
    if (text === null) {
      const there = places.get(quotePath(schema, name));
      if (there !== undefined) planned.push(there);
    } else {
      planned.push({ schema, name, node: view.node, snapshot: view.snapshot, kind: view.from, ...text });
    }
  }
  return planned;
}

/** What the SQL of views may name beside their inputs; null in prod, where names mean what they say. */
async function otherNames(
  session: Session,
  { layout }: Warehouse,
  { environment, views }: ViewSwitch,
): Promise<WarehouseNames | null> {
  if (environment === MAIN_ENVIRONMENT || views.every(({ from }) => from !== 'view')) return null;
  const kinds = views.map(({ node }) => nodeName(node).kind);
  return warehouseNames(session, layout, [...new Set(kinds)]);
}

/** Null: what is there stays as it is. */
async function viewText(
  session: Session,
  environment: string,
  view: View,
  record: TableRecord | undefined,
  names: WarehouseNames | null,
): Promise<{ readonly sql: string; readonly shape: string } | null> {
  switch (view.from) {
    case 'table': {
      if (record === undefined || record.name === null) {
        throw new EngineError(
          'ENGINE_INPUT_MISSING',
          `${view.node} has no table to show in ${environment}: nothing of it was published.`,
        );
      }
      return tableView(record.name, record);
    }
    case 'file': {
      const relation = await fileRelation(session, view.node, view.file);
      const columns = await describe(session, `FROM ${relation}`, { prefix: `${view.node}: ` });
      return { sql: `SELECT ${columnList(columns)} FROM ${relation}`, shape: JSON.stringify(columns) };
    }
    case 'kept':
      return null;
    case 'view': {
      const schema = (kind: string): string => schemaOf(environment, kind);
      const sql = names === null ? view.sql : await namedIn(session, environment, view, names);
      return { sql: viewNodeText({ ...view, sql }, schema), shape: '' };
    }
  }
}

async function namedIn(
  session: Session,
  environment: string,
  view: Extract<View, { readonly from: 'view' }>,
  names: WarehouseNames,
): Promise<string> {
  try {
    return await inEnvironment(session, view.sql, names, (kind) => schemaOf(environment, kind));
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== 'ENGINE_SWITCH_REFUSED') throw error;
    throw new EngineError(
      'ENGINE_SWITCH_REFUSED',
      `The view ${view.node} could show prod's rows in ${environment}: ${String(message)}.`,
      { hint: 'Name its inputs input_0, input_1 and so on.', cause: error },
    );
  }
}

const tableView = (
  name: string,
  table: Pick<TableRecord, 'columns' | 'upsert'>,
): { readonly sql: string; readonly shape: string } => ({
  sql: shownRows(localData(name), table, null),
  shape: JSON.stringify(table.columns),
});

/** Views over tables are sent together; an author's by itself, for its failure to be told as its own. */
const SENT_TOGETHER = 100;

/** Returns the number of statements. */
async function createViews(session: Session, views: readonly PlannedView[]): Promise<number> {
  let statements = 0;
  // Author's SQL may say ref('transform.orders'); the text it is given is the name of a view.
  if (views.some(({ kind, sql }) => kind === 'view' && /\bref\b/i.test(sql))) {
    statements += 1;
    await session.run('CREATE OR REPLACE MACRO main.ref(node) AS TABLE FROM query_table(node)');
  }
  for (const schema of new Set(views.map((view) => view.schema))) {
    statements += 1;
    await session.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
  }
  let waiting = 0;
  for (const { schema, name, node, kind, sql } of views) {
    statements += 1;
    waiting = kind === 'table' && waiting < SENT_TOGETHER ? waiting + 1 : 0;
    const create = `CREATE OR REPLACE VIEW ${quotePath(schema, name)} AS ${sql}`;
    if (waiting > 0) session.queue(create);
    else await session.run(create, { prefix: `${node}: `, offsetOf: () => undefined });
  }
  return statements;
}

/** The views of an environment as the warehouse records them. */
export async function recordedViews(
  session: Session,
  { layout }: Warehouse,
  environment: string,
): Promise<readonly PlannedView[]> {
  const rows = await session.rows(
    `SELECT schema, name, node, snapshot, kind, sql, shape FROM ${layout.own('views')}
     WHERE env = ${quoteText(environment)} ORDER BY position`,
  );
  return rows.map(([schema, name, node, snapshot, kind, sql, shape]) => ({
    schema: String(schema),
    name: String(name),
    node: String(node),
    snapshot: String(snapshot),
    kind: String(kind) as View['from'],
    sql: String(sql),
    shape: String(shape),
  }));
}

/** Writes down what has changed, and nothing else. */
async function record(
  session: Session,
  { layout }: Warehouse,
  environment: string,
  planned: readonly PlannedView[],
  { differing, gone }: { readonly differing: readonly PlannedView[]; readonly gone: readonly PlannedView[] },
): Promise<void> {
  const views = layout.own('views');
  const places = [...differing, ...gone].map(
    ({ schema, name }) => `(lower(${quoteText(schema)}), lower(${quoteText(name)}))`,
  );
  await session.run(
    `DELETE FROM ${views} WHERE env = ${quoteText(environment)} AND (lower(schema), lower(name)) IN (${places.join(', ')})`,
  );
  const positions = new Map(planned.map((view, position) => [view, position]));
  const rows = differing.map((view) => {
    const { schema, name, node, snapshot, kind, sql, shape } = view;
    const values = [environment, schema, name, node, snapshot, kind, positions.get(view), sql, shape];
    return `(${values.map(literal).join(', ')})`;
  });
  if (rows.length > 0) await session.run(`INSERT INTO ${views} VALUES ${rows.join(', ')}`);
}

/**
 * Drops the schemas that lost their last view, unless somebody keeps something of their own there. Returns
 * how many.
 */
export async function dropEmptySchemas(
  session: Session,
  { layout }: Warehouse,
  gone: readonly PlannedView[],
  planned: readonly PlannedView[],
): Promise<number> {
  let dropped = 0;
  const kept = new Set(planned.map(({ schema }) => schema));
  for (const schema of new Set(gone.map((view) => view.schema))) {
    if (kept.has(schema)) continue;
    const where = `database_name = ${quoteText(layout.catalog)} AND schema_name = ${quoteText(schema)}`;
    const left = await session.rows(
      `SELECT 1 FROM duckdb_views() WHERE ${where} UNION ALL SELECT 1 FROM duckdb_tables() WHERE ${where}
       UNION ALL SELECT 1 FROM duckdb_functions() WHERE ${where} LIMIT 1`,
    );
    if (left.length > 0) continue;
    dropped += 1;
    await session.run(`DROP SCHEMA IF EXISTS ${quoteName(schema)}`);
  }
  return dropped;
}

/** Makes the recorded views over a table name its new columns, inside the transaction that changes them. */
export async function refreshViewsOf(
  session: Session,
  { layout }: Warehouse,
  snapshot: SnapshotId,
  name: string,
  table: Pick<TableRecord, 'columns' | 'upsert'>,
): Promise<void> {
  const { sql, shape } = tableView(name, table);
  const where = `snapshot = ${quoteText(snapshot)} AND kind = 'table'`;
  const views = await session.rows(`SELECT schema, name FROM ${layout.own('views')} WHERE ${where}`);
  for (const [schema, name] of views) {
    await session.run(`CREATE OR REPLACE VIEW ${quotePath(String(schema), String(name))} AS ${sql}`);
  }
  if (views.length === 0) return;
  await session.run(
    `UPDATE ${layout.own('views')} SET sql = ${quoteText(sql)}, shape = ${quoteText(shape)} WHERE ${where}`,
  );
}
