import {
  EngineError,
  type ColumnDiff,
  type DataDiff,
  type DataDiffOptions,
  type ShownNode,
} from '@seeknal/engine';
import type { SnapshotId } from '@seeknal/plan';

import { findColumn, nearestHint } from './columns.ts';
import type { Session } from './session.ts';
import { shownRelation, type ShownRelation } from './shown-relation.ts';
import { quoteName } from './sql-text.ts';
import type { Warehouse } from './warehouse.ts';

const EXAMPLES = 5;
/** Rows are sampled by their hash, in this many parts. */
const PARTS = 1_000_000;

/** A column that both have, as each side of the comparison names and reads it. */
interface Common {
  readonly name: string;
  readonly isKey: boolean;
  readonly a: string;
  readonly b: string;
}

/** What one comparison came to, beside the columns. */
type Compared = Pick<DataDiff, 'onlyA' | 'onlyB' | 'changed'> & {
  readonly differing: ReadonlyMap<string, number>;
  readonly examples: Omit<DataDiff['examples'], 'columns'>;
};

/**
 * Compares the rows that readers see of two snapshots; see the contract. Values of different types are
 * compared as text, which may call equal numbers different, never the other way.
 */
export async function diffData(
  session: Session,
  { layout }: Warehouse,
  a: SnapshotId | ShownNode,
  b: SnapshotId | ShownNode,
  { keys = [], sample = 1, examples: limit = EXAMPLES }: DataDiffOptions,
): Promise<DataDiff> {
  await session.run('BEGIN TRANSACTION');
  try {
    const [left, right] = [await shownRelation(session, layout, a), await shownRelation(session, layout, b)];
    const common = commonColumns(left, right, keys);
    await stage(session, 'a', left, common, sample);
    await stage(session, 'b', right, common, sample);
    const names = common.map(({ name }) => name);
    const compared =
      keys.length > 0 ? await byKey(session, left.node, common, limit) : await byRow(session, names, limit);
    const { differing, examples, ...counts } = compared;
    return {
      rows: { a: await countOf(session, left.rows), b: await countOf(session, right.rows) },
      compared: { a: await countOf(session, 'temp.a'), b: await countOf(session, 'temp.b') },
      ...counts,
      columns: columnDiffs(left, right, differing),
      examples: { columns: names, ...examples },
    };
  } finally {
    await session.connection.run('ROLLBACK').catch(() => undefined);
  }
}

const countOf = async (session: Session, from: string): Promise<number> =>
  Number((await session.row(`SELECT count(*)::VARCHAR FROM ${from}`))[0]);

function commonColumns(
  left: ShownRelation,
  right: ShownRelation,
  keys: readonly string[],
): readonly Common[] {
  for (const key of keys) {
    const lacking = [left, right].find(({ columns }) => findColumn(columns, key) === undefined);
    if (lacking === undefined) continue;
    throw new EngineError('ENGINE_SQL', `${lacking.node} has no column ${key} to tell its rows apart by.`, {
      hint: nearestHint(key, lacking.columns),
    });
  }
  return left.columns.flatMap(({ name, type }) => {
    const other = findColumn(right.columns, name);
    if (other === undefined) return [];
    const read = (of: string): string =>
      type === other.type ? quoteName(of) : `CAST(${quoteName(of)} AS VARCHAR)`;
    const isKey = keys.some((key) => key.toLowerCase() === name.toLowerCase());
    return [{ name, isKey, a: read(name), b: read(other.name) }];
  });
}

/** One side's rows as a view of the connection, its columns named as the left has them. */
async function stage(
  session: Session,
  side: 'a' | 'b',
  table: ShownRelation,
  common: readonly Common[],
  sample: number,
): Promise<void> {
  const items = common.map((column) => `${column[side]} AS ${quoteName(column.name)}`);
  const rows = `SELECT ${items.length === 0 ? 'NULL AS nothing' : items.join(', ')} FROM ${table.rows}`;
  const deciding = common.some(({ isKey }) => isKey) ? common.filter(({ isKey }) => isKey) : common;
  const hash = `hash(${deciding.map(({ name }) => quoteName(name)).join(', ')})`;
  const where =
    sample < 1 && deciding.length > 0 ? ` WHERE ${hash} % ${PARTS} < ${Math.ceil(sample * PARTS)}` : '';
  await session.run(`CREATE OR REPLACE TEMP VIEW ${side} AS FROM (${rows})${where}`);
}

/** How often a row is on side `a` more often than on side `b`; below 0: the other way. */
const MORE = '_seeknal_more';

/**
 * Rows as wholes, equal ones taken off against each other. What is left decides the columns too: rows taken
 * off have the same values on both sides.
 */
async function byRow(session: Session, names: readonly string[], limit: number): Promise<Compared> {
  await session.run(
    `CREATE TEMP TABLE differing AS
     SELECT * EXCLUDE (_seeknal_one), sum(_seeknal_one)::BIGINT AS ${MORE}
     FROM (SELECT *, 1 AS _seeknal_one FROM temp.a UNION ALL SELECT *, -1 FROM temp.b)
     GROUP BY ALL HAVING sum(_seeknal_one) <> 0`,
  );
  const sumOf = (value: string): string => `coalesce(sum(${value}), 0)::BIGINT::VARCHAR`;
  const [onlyA, onlyB] = await session.row(
    `SELECT ${sumOf(`greatest(${MORE}, 0)`)}, ${sumOf(`greatest(-${MORE}, 0)`)} FROM temp.differing`,
  );
  const differing = new Map<string, number>();
  for (const name of names) {
    const [values] = await session.row(
      `SELECT ${sumOf('greatest(more, 0)')} FROM (SELECT sum(${MORE}) AS more FROM temp.differing GROUP BY ${quoteName(name)})`,
    );
    differing.set(name, Number(values));
  }
  const items = names.length === 0 ? 'NULL' : names.map(quoteName).join(', ');
  const example = async (where: string): Promise<readonly (readonly unknown[])[]> =>
    (
      await session.read(
        `SELECT ${items} FROM temp.differing WHERE ${where} ORDER BY ALL LIMIT ${limit}`,
        limit,
      )
    ).rows;
  return {
    onlyA: Number(onlyA),
    onlyB: Number(onlyB),
    changed: null,
    differing,
    examples: { onlyA: await example(`${MORE} > 0`), onlyB: await example(`${MORE} < 0`), changed: [] },
  };
}

/** Rows side by side where their keys are equal; NULLs are equal. */
async function byKey(
  session: Session,
  node: string,
  common: readonly Common[],
  limit: number,
): Promise<Compared> {
  const keys = common.filter(({ isKey }) => isKey).map(({ name }) => quoteName(name));
  for (const side of ['a', 'b']) await refuseDuplicates(session, node, side, keys);
  const values = common.filter(({ isKey }) => !isKey);
  const side = (of: string): string => `(SELECT *, true AS _seeknal_there FROM temp.${of}) AS ${of}`;
  const on = keys.map((key) => `a.${key} IS NOT DISTINCT FROM b.${key}`).join(' AND ');
  const joined = `${side('a')} FULL JOIN ${side('b')} ON ${on}`;
  const both = 'a._seeknal_there AND b._seeknal_there';
  const isOther = ({ name }: Common): string => `a.${quoteName(name)} IS DISTINCT FROM b.${quoteName(name)}`;
  const isChanged = `${both} AND (${values.map(isOther).join(' OR ') || 'false'})`;
  const [onlyA, onlyB, changed, ...counts] = await session.row(
    `SELECT ${[
      'b._seeknal_there IS NULL',
      'a._seeknal_there IS NULL',
      isChanged,
      ...values.map((column) => `${both} AND ${isOther(column)}`),
    ]
      .map((condition) => `count(*) FILTER (${condition})::VARCHAR`)
      .join(', ')} FROM ${joined}`,
  );
  const of = (name: string): string => common.map((column) => `${name}.${quoteName(column.name)}`).join(', ');
  const example = async (items: string, where: string): Promise<readonly (readonly unknown[])[]> => {
    const order = keys.map((key) => `coalesce(a.${key}, b.${key})`).join(', ');
    const sql = `SELECT ${items} FROM ${joined} WHERE ${where} ORDER BY ${order} LIMIT ${limit}`;
    return (await session.read(sql, limit)).rows;
  };
  const pairs = await example(`${of('a')}, ${of('b')}`, isChanged);
  return {
    onlyA: Number(onlyA),
    onlyB: Number(onlyB),
    changed: Number(changed),
    differing: new Map(values.map(({ name }, at) => [name, Number(counts[at])])),
    examples: {
      onlyA: await example(of('a'), 'b._seeknal_there IS NULL'),
      onlyB: await example(of('b'), 'a._seeknal_there IS NULL'),
      changed: pairs.map((row) => ({ a: row.slice(0, common.length), b: row.slice(common.length) })),
    },
  };
}

async function refuseDuplicates(
  session: Session,
  node: string,
  side: string,
  keys: readonly string[],
): Promise<void> {
  const [several] = await session.row(
    `SELECT count(*)::VARCHAR FROM (SELECT 1 FROM temp.${side} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`,
  );
  if (Number(several) === 0) return;
  const which = several === '1' ? '1 key has' : `${String(several)} keys have`;
  throw new EngineError(
    'ENGINE_DUPLICATE_KEYS',
    `In ${node} ${which} several rows on side ${side}: the keys do not tell its rows apart.`,
    { hint: 'Name more keys, or none, to compare rows as wholes.' },
  );
}

function columnDiffs(
  left: ShownRelation,
  right: ShownRelation,
  differing: ReadonlyMap<string, number>,
): readonly ColumnDiff[] {
  const ofLeft = left.columns.map(({ name, type }): ColumnDiff => ({
    name,
    a: type,
    b: findColumn(right.columns, name)?.type ?? null,
    differing: differing.get(name) ?? null,
  }));
  const added = right.columns.filter(({ name }) => findColumn(left.columns, name) === undefined);
  return [...ofLeft, ...added.map(({ name, type }) => ({ name, a: null, b: type, differing: null }))];
}
