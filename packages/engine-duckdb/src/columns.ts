import { EngineError } from '@seeknal/engine';
import { nearest, type Column } from '@seeknal/manifest';

import type { FailureContext } from './failures.ts';
import type { Scalar, Session } from './session.ts';
import { quoteName, timeTypeOf, type TimeType } from './sql-text.ts';

/** The columns a relation or a SELECT gives, without running it. */
export async function describe(
  session: Session,
  relation: string,
  context?: FailureContext,
): Promise<readonly Column[]> {
  return columnsOf(await session.rows(`DESCRIBE ${relation}`, context));
}

/** What DESCRIBE answers, as columns. */
export const columnsOf = (rows: readonly (readonly Scalar[])[]): readonly Column[] =>
  rows.map(([name, type]) => ({ name: String(name), type: String(type) }));

/** An explicit SELECT list. */
export const columnList = (columns: readonly Column[]): string =>
  columns.map(({ name }) => quoteName(name)).join(', ');

/** The column of that name, in whatever case; `ä` and `Ä` are two where both are there. */
export const findColumn = (columns: readonly Column[], name: string): Column | undefined =>
  columns.find((column) => column.name === name) ??
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

/** `, did you mean "x"?` or nothing, for an error's hint. */
export function nearestHint(name: string, columns: readonly Column[]): string {
  const near = nearest(
    name,
    columns.map((column) => column.name),
  );
  const all = columns.map((column) => column.name).join(', ');
  return near === null ? `The columns are: ${all}.` : `Did you mean ${near}? The columns are: ${all}.`;
}

/**
 * The time column among `columns` and its type.
 *
 * @throws {EngineError} `ENGINE_TIME_COLUMN` when it is not there or its values are not instants.
 */
export function timeColumnOf(
  columns: readonly Column[],
  name: string,
  node: string,
): { readonly name: string; readonly type: TimeType } {
  const column = findColumn(columns, name);
  if (column === undefined) {
    throw new EngineError('ENGINE_TIME_COLUMN', `${node} has no column ${name}, which is its time column.`, {
      hint: nearestHint(name, columns),
    });
  }
  const type = timeTypeOf(column.type);
  if (type === null) {
    throw new EngineError(
      'ENGINE_TIME_COLUMN',
      `The time column ${column.name} of ${node} is ${column.type}; it has to be DATE, TIMESTAMP or TIMESTAMPTZ.`,
      { hint: `Cast it: CAST(${column.name} AS TIMESTAMP) AS ${column.name}.` },
    );
  }
  return { name: column.name, type };
}

/** What differs between the columns of a table and those of new rows, in words; empty: nothing. Order is no difference. */
export function columnDifferences(before: readonly Column[], after: readonly Column[]): readonly string[] {
  const added = after.filter(({ name }) => findColumn(before, name) === undefined);
  const removed = before.filter(({ name }) => findColumn(after, name) === undefined);
  const retyped = after.flatMap((column) => {
    const old = findColumn(before, column.name);
    return old === undefined || old.type === column.type
      ? []
      : [`${column.name} is ${column.type}, was ${old.type}`];
  });
  return [
    ...added.map(({ name, type }) => `${name} (${type}) added`),
    ...removed.map(({ name, type }) => `${name} (${type}) removed`),
    ...retyped,
  ];
}

/** Whether both have the same names as spelt, types and order. */
export const sameShape = (a: readonly Column[], b: readonly Column[]): boolean =>
  JSON.stringify(a.map(({ name, type }) => [name, type])) ===
  JSON.stringify(b.map(({ name, type }) => [name, type]));
