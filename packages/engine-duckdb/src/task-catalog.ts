import { randomBytes } from 'node:crypto';

import { EngineError, type CatalogEntry, type Work } from '@seeknal/engine';
import type { NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { describe, sameShape, timeColumnOf } from './columns.ts';
import { HIDDEN_KEY, type Layout } from './layout.ts';
import { nodeName } from './node-name.ts';
import type { Session } from './session.ts';
import { shownRows } from './shown-rows.ts';
import { fileRelation } from './sources.ts';
import { quoteName, quotePath, withinText } from './sql-text.ts';
import { splitStatements } from './statements.ts';
import { tableRecords, type TableRecord } from './table-records.ts';

/** The names an author's SQL may use, made for one task and current while `work` runs. */
export interface TaskCatalog {
  /** The catalogue's own name, to be hidden from messages. */
  readonly name: string;
  /** The full name of a node's view in it. */
  readonly relationOf: (node: NodeId) => string;
  /** The full name of the only input, where there is one. */
  readonly onlyInput: string | null;
  /** Whether it holds views with SQL of their own. */
  readonly hasViews: boolean;
}

/** What of a task its catalogue is made from. */
type CatalogWork = Pick<Work, 'catalog' | 'places' | 'sql' | 'checks'>;

/**
 * Attaches an empty in-memory database, fills it with a view per entry, the places, `__THIS__` and `ref`,
 * makes it current, and takes it away again after `work`. Costs about a millisecond.
 *
 * @throws {EngineError} `ENGINE_INPUT_MISSING` when an entry has no table or no file.
 */
export async function withTaskCatalog<T>(
  session: Session,
  layout: Layout,
  work: CatalogWork,
  use: (catalog: TaskCatalog) => Promise<T>,
): Promise<T> {
  const name = `task_${randomBytes(6).toString('hex')}`;
  const snapshots = work.catalog.flatMap((entry) => (entry.from === 'view' ? [] : [entry.snapshot]));
  const records = await tableRecords(session, layout, snapshots);
  try {
    session.queue(`ATTACH ':memory:' AS ${name}`);
    session.queue(`USE ${name}`);
    const onlyInput = await fill(session, layout, work, records);
    const relationOf = (node: NodeId): string => {
      const { kind, name: own } = nodeName(node);
      return quotePath(name, kind, own);
    };
    const hasViews = work.catalog.some(({ from }) => from === 'view');
    return await use({
      name,
      relationOf,
      onlyInput: onlyInput === null ? null : relationOf(onlyInput),
      hasViews,
    });
  } catch (error) {
    throw await movedInput(session, layout, records, error);
  } finally {
    // Not through the session: an aborted task cleans up too. Both fail only when the database is gone.
    const { connection } = session;
    await connection.run(`USE ${quoteName(layout.catalog)}; DETACH ${name}`).catch(() => undefined);
  }
}

/**
 * A failure as it is, unless an input got other columns after its view was made: then it says nothing about
 * the author's SQL, and the work may be repeated.
 */
async function movedInput(
  session: Session,
  layout: Layout,
  records: ReadonlyMap<SnapshotId, TableRecord>,
  error: unknown,
): Promise<unknown> {
  const { code } = error as { readonly code?: unknown };
  if ((code !== 'ENGINE_SQL' && code !== 'ENGINE_INPUT_MISSING') || records.size === 0) return error;
  const now = await tableRecords(session, layout, [...records.keys()]);
  const moved = [...records.values()].find(({ snapshot, columns }) => {
    const record = now.get(snapshot);
    return record === undefined || !sameShape(record.columns, columns);
  });
  if (moved === undefined) return error;
  return new EngineError('ENGINE_CONFLICT', `The columns of ${moved.node} changed while it was read.`, {
    cause: error,
    retryable: true,
  });
}

/** Returns the only input, if there is exactly one. */
async function fill(
  session: Session,
  layout: Layout,
  work: CatalogWork,
  records: ReadonlyMap<SnapshotId, TableRecord>,
): Promise<NodeId | null> {
  const mayUse = namesIn(work);
  const schemas = new Set(work.catalog.map(({ node }) => nodeName(node).kind));
  for (const schema of schemas) session.queue(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
  if (mayUse('ref')) session.queue('CREATE MACRO ref(node) AS TABLE FROM query_table(node)');
  for (const entry of work.catalog) {
    if (entry.from === 'snapshot')
      session.queue(createView(entry.node, snapshotText(layout, entry, records)));
  }
  for (const entry of work.catalog) {
    if (entry.from === 'file') await createFileView(session, entry, records.get(entry.snapshot));
  }
  await createViewNodes(session, work.catalog);
  const inputs = new Set(Object.values(work.places));
  const [only = null] =
    inputs.size === 0 && work.catalog.length === 1 ? [work.catalog[0]?.node] : [...inputs];
  const onlyInput = inputs.size <= 1 ? only : null;
  const names = Object.entries(work.places);
  if (onlyInput !== null) names.push(['__THIS__', onlyInput]);
  for (const [place, node] of names) {
    const { kind, name } = nodeName(node);
    // A place misspelt is to be told from the others: only where the node goes by its own name is it left out.
    if (!mayUse(place) && (place === '__THIS__' || mayUse(name))) continue;
    session.queue(`CREATE VIEW ${quotePath('main', place)} AS FROM ${quotePath(kind, name)}`);
  }
  return onlyInput;
}

/**
 * Whether the SQL of a task may use a name. To make a view costs as much as to plan a query over what is
 * below, the head of every file included. Text that is itself put together as a query may use any name.
 */
function namesIn({ sql, checks, catalog }: CatalogWork): (name: string) => boolean {
  const texts = [sql, ...[...checks, ...catalog].map((part) => ('sql' in part ? part.sql : null))];
  const text = texts.join('\n').toLowerCase();
  return (name) => text.includes('query') || text.includes(name.toLowerCase());
}

function createView(node: NodeId, select: string): string {
  const { kind, name } = nodeName(node);
  return `CREATE VIEW ${quotePath(kind, name)} AS ${select}`;
}

/** The visible rows and columns of a snapshot's table. */
function snapshotText(
  { data }: Layout,
  { node, snapshot, within }: Extract<CatalogEntry, { readonly from: 'snapshot' }>,
  records: ReadonlyMap<SnapshotId, TableRecord>,
): string {
  const record = records.get(snapshot);
  if (record === undefined || record.name === null) {
    throw new EngineError(
      'ENGINE_INPUT_MISSING',
      `${node} has no table yet: none of its intervals was published.`,
      {
        hint: `Run it first: seeknal run --nodes ${node}`,
      },
    );
  }
  const shown = (where: string | null): string => shownRows(data(record.name as string), record, where);
  if (within === null) return shown(null);
  if (record.timeColumn !== null) {
    const { name, type } = timeColumnOf(record.columns, record.timeColumn, node);
    return shown(withinText(name, type, within));
  }
  return shown(record.hasHiddenKey ? withinText(HIDDEN_KEY, 'TIMESTAMP', within) : null);
}

async function createFileView(
  session: Session,
  { node, file, within }: Extract<CatalogEntry, { readonly from: 'file' }>,
  loaded: TableRecord | undefined,
): Promise<void> {
  const context = { prefix: `${node}: ` };
  let select = `SELECT * FROM ${await fileRelation(session, node, file)}`;
  if (within !== null && file.timeColumn !== null) {
    // What its load found is what it holds: a file that has moved since is loaded again first.
    const known = loaded?.columns ?? [];
    const columns = known.length > 0 ? known : await describe(session, select, context);
    const { name, type } = timeColumnOf(columns, file.timeColumn, node);
    select = `${select} WHERE ${withinText(name, type, within)}`;
  }
  await session.run(createView(node, select), context);
}

/** Creates the views among the nodes, each after those it reads, whatever order they are given in. */
async function createViewNodes(session: Session, catalog: readonly CatalogEntry[]): Promise<void> {
  let waiting = catalog.filter((entry) => entry.from === 'view');
  while (waiting.length > 0) {
    const left: typeof waiting = [];
    let failure: unknown;
    for (const entry of waiting) {
      try {
        await session.run(createView(entry.node, viewNodeText(entry)), {
          prefix: `${entry.node}: `,
          offsetOf: () => undefined,
        });
      } catch (error) {
        failure ??= error;
        left.push(entry);
      }
    }
    if (left.length === waiting.length) throw failure;
    waiting = left;
  }
}

/**
 * An author's SELECT with its places as common table expressions in front: nested queries see them, and the
 * text itself stays as it is.
 *
 * @param schemaOf Where the views of a kind are.
 */
export function viewNodeText(
  view: {
    readonly node: NodeId;
    readonly sql: string;
    readonly places: { readonly [place: string]: NodeId };
  },
  schemaOf: (kind: string) => string = (kind) => kind,
): string {
  const [statement, second] = splitStatements(view.sql);
  if (statement === undefined || second !== undefined) {
    throw new EngineError('ENGINE_SQL', `The view ${view.node} has to be exactly one SELECT.`);
  }
  const places = Object.entries(view.places).map(([place, node]) => {
    const { kind, name } = nodeName(node);
    return `${quoteName(place)} AS (FROM ${quotePath(schemaOf(kind), name)})`;
  });
  const inputs = new Set(Object.values(view.places));
  const [only] = inputs;
  if (only !== undefined && inputs.size === 1) {
    const { kind, name } = nodeName(only);
    places.push(`"__THIS__" AS (FROM ${quotePath(schemaOf(kind), name)})`);
  }
  const head = places.length === 0 ? '' : `WITH ${places.join(', ')} `;
  return `${head}SELECT * FROM (\n${statement.text}\n)`;
}
