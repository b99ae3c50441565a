import { EngineError, type View, type ViewSwitch } from '@seeknal/engine';
import type { Column, NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { columnList, describe } from './columns.ts';
import { localData } from './layout.ts';
import { nodeName } from './node-name.ts';
import type { Session } from './session.ts';
import { fileRelation } from './sources.ts';
import { literal, quoteName, quotePath, quoteText } from './sql-text.ts';
import { tableRecords, type TableRecord } from './table-records.ts';
import { viewNodeText } from './task-catalog.ts';
import { directReferences } from './direct-references.ts';
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
const schemaOf = (environment: string, kind: string): string =>
  environment === MAIN_ENVIRONMENT ? kind : `${kind}__${environment}`;

/** @throws {EngineError} `ENGINE_SWITCH_REFUSED`, see the contract; `ENGINE_INPUT_MISSING` for a table never built. */
export function switchViews(
  session: Session,
  warehouse: Warehouse,
  change: ViewSwitch,
): Promise<{ readonly changed: readonly NodeId[] }> {
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

async function switchOnce(
  session: Session,
  warehouse: Warehouse,
  change: ViewSwitch,
): Promise<{ readonly changed: readonly NodeId[] }> {
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
    if (isSame) return { changed: [] };
    throw new EngineError(
      'ENGINE_SWITCH_REFUSED',
      `The views of ${change.environment} are at epoch ${String(epoch)}; a switch to ${change.epoch} with other views comes too late.`,
      { hint: 'Another run switched this environment. Plan again.' },
    );
  }
  await session.run(`DELETE FROM ${own('environments')} WHERE env = ${environment}`);
  await session.run(`INSERT INTO ${own('environments')} VALUES (${environment}, ${change.epoch})`);
  if (isSame) return { changed: [] };
  for (const view of gone) await session.run(`DROP VIEW IF EXISTS ${quotePath(view.schema, view.name)}`);
  await createViews(session, planned, new Set(differing));
  await record(session, warehouse, change.environment, planned);
  await dropEmptySchemas(session, warehouse, gone, planned);
  return { changed: [...new Set([...differing, ...gone].map(({ node }) => node))].toSorted() };
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
  const planned: PlannedView[] = [];
  for (const view of change.views) {
    const { kind, name } = nodeName(view.node);
    const schema = schemaOf(change.environment, kind);
    const text = await viewText(session, change.environment, view, records.get(view.snapshot));
    if (text === null) {
      const there = recorded.find((other) => other.schema === schema && other.name === name);
      if (there !== undefined) planned.push(there);
    } else {
      planned.push({ schema, name, node: view.node, snapshot: view.snapshot, kind: view.from, ...text });
    }
  }
  return planned;
}

/** Null: what is there stays as it is. */
async function viewText(
  session: Session,
  environment: string,
  view: View,
  record: TableRecord | undefined,
): Promise<{ readonly sql: string; readonly shape: string } | null> {
  switch (view.from) {
    case 'table': {
      if (record === undefined || record.name === null) {
        throw new EngineError(
          'ENGINE_INPUT_MISSING',
          `${view.node} has no table to show in ${environment}: nothing of it was published.`,
        );
      }
      return tableView(record.name, record.columns);
    }
    case 'file': {
      const relation = await fileRelation(session, view.node, view.file);
      const columns = await describe(session, `FROM ${relation}`, { prefix: `${view.node}: ` });
      return { sql: `SELECT ${columnList(columns)} FROM ${relation}`, shape: JSON.stringify(columns) };
    }
    case 'kept':
      return null;
    case 'view': {
      if (environment !== MAIN_ENVIRONMENT) {
        const direct = await directReferences(session, view.sql, Object.keys(view.places));
        if (direct.length > 0) {
          throw new EngineError(
            'ENGINE_SWITCH_REFUSED',
            `The view ${view.node} names ${direct.join(', ')} in its SQL, which would mean prod's tables in ${environment}.`,
            { hint: 'Name its inputs input_0, input_1 and so on.' },
          );
        }
      }
      return { sql: viewNodeText(view, (kind) => schemaOf(environment, kind)), shape: '' };
    }
  }
}

const tableView = (
  name: string,
  columns: readonly Column[],
): { readonly sql: string; readonly shape: string } => ({
  sql: `SELECT ${columnList(columns)} FROM ${localData(name)}`,
  shape: JSON.stringify(columns),
});

async function createViews(
  session: Session,
  planned: readonly PlannedView[],
  differing: ReadonlySet<PlannedView>,
): Promise<void> {
  // Author's SQL may say ref('transform.orders'); in prod that is the view of that name.
  if (planned.some(({ kind, sql }) => kind === 'view' && /\bref\b/i.test(sql))) {
    await session.run('CREATE OR REPLACE MACRO main.ref(node) AS TABLE FROM query_table(node)');
  }
  for (const schema of new Set([...differing].map((view) => view.schema))) {
    await session.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
  }
  for (const view of planned) {
    if (!differing.has(view)) continue;
    await session.run(`CREATE OR REPLACE VIEW ${quotePath(view.schema, view.name)} AS ${view.sql}`, {
      prefix: `${view.node}: `,
      offsetOf: () => undefined,
    });
  }
}

async function recordedViews(
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

async function record(
  session: Session,
  { layout }: Warehouse,
  environment: string,
  planned: readonly PlannedView[],
): Promise<void> {
  await session.run(`DELETE FROM ${layout.own('views')} WHERE env = ${quoteText(environment)}`);
  const rows = planned.map((view, position) => {
    const { schema, name, node, snapshot, kind, sql, shape } = view;
    return `(${[environment, schema, name, node, snapshot, kind, position, sql, shape].map(literal).join(', ')})`;
  });
  if (rows.length > 0) await session.run(`INSERT INTO ${layout.own('views')} VALUES ${rows.join(', ')}`);
}

/** Drops the schemas that lost their last view, unless somebody keeps something of their own there. */
async function dropEmptySchemas(
  session: Session,
  { layout }: Warehouse,
  gone: readonly PlannedView[],
  planned: readonly PlannedView[],
): Promise<void> {
  const kept = new Set(planned.map(({ schema }) => schema));
  for (const schema of new Set(gone.map((view) => view.schema))) {
    if (kept.has(schema)) continue;
    const where = `database_name = ${quoteText(layout.catalog)} AND schema_name = ${quoteText(schema)}`;
    const left = await session.rows(
      `SELECT 1 FROM duckdb_views() WHERE ${where} UNION ALL SELECT 1 FROM duckdb_tables() WHERE ${where}
       UNION ALL SELECT 1 FROM duckdb_functions() WHERE ${where} LIMIT 1`,
    );
    if (left.length === 0) await session.run(`DROP SCHEMA IF EXISTS ${quoteName(schema)}`);
  }
}

/** Makes the recorded views over a table name its new columns, inside the transaction that changes them. */
export async function refreshViewsOf(
  session: Session,
  { layout }: Warehouse,
  snapshot: SnapshotId,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const { sql, shape } = tableView(table, columns);
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
