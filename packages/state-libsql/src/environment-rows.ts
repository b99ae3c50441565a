import { setEntry } from '@seeknal/state';

import type { ScopeDocument } from './focus.ts';

type EnvironmentRecord = ScopeDocument['environments'][string];
type Pointers = EnvironmentRecord['pointers'];
type Pointer = Pointers[string];

/** The field of the rows that hold an environment's pointers, by node. */
const POINTERS_OF = 'pointers of ';

export const pointersField = (environment: string): string => `${POINTERS_OF}${environment}`;

/** The environment whose pointers stand in the rows of a field; null for any other field. */
export const environmentOf = (field: string): string | null =>
  field.startsWith(POINTERS_OF) ? field.slice(POINTERS_OF.length) : null;

/**
 * Where a node points now and pointed before the newest switch; only one of them where both are the same, or where
 * there is no way back.
 */
type PointerRow = readonly [now: Pointer] | readonly [now: Pointer | null, before: Pointer | null];

/** What an environment's own row holds. */
type EnvironmentBody = Omit<EnvironmentRecord, 'pointers' | 'previous'> & {
  /** Absent in rows of schema 1, which hold the pointers as well. */
  readonly isBackPossible: boolean;
};

/** Environments that were read from one row with all their pointers: the rows of the nodes are still to be written. */
const inOneRow = new WeakSet<EnvironmentRecord>();

/** The rows in which an environment differs from what it was; a change costs what it changes. */
export function environmentRows(
  before: EnvironmentRecord | undefined,
  after: EnvironmentRecord | undefined,
): readonly { readonly field: string; readonly key: string; readonly value: unknown }[] {
  const name = (after ?? before)?.name ?? '';
  const known = before && !inOneRow.has(before) ? before : undefined;
  const [were, are] = [pointerRows(known), pointerRows(after)];
  const rows = [...new Set([...were.keys(), ...are.keys()])].flatMap((node) => {
    const value = are.get(node);
    const isSame = JSON.stringify(were.get(node)) === JSON.stringify(value);
    return isSame ? [] : [{ field: pointersField(name), key: node, value }];
  });
  return [{ field: 'environments', key: name, value: after && bodyOf(after) }, ...rows];
}

function bodyOf({ pointers: _, previous, ...rest }: EnvironmentRecord): EnvironmentBody {
  return { ...rest, isBackPossible: previous !== null };
}

function pointerRows(record: EnvironmentRecord | undefined): ReadonlyMap<string, PointerRow> {
  const rows = new Map<string, PointerRow>();
  if (!record) return rows;
  const { pointers, previous } = record;
  if (previous === null) return new Map(Object.entries(pointers).map(([node, now]) => [node, [now]]));
  for (const node of new Set([...Object.keys(pointers), ...Object.keys(previous)])) {
    const [now, before] = [own(pointers, node), own(previous, node)];
    const isSame = now !== null && (now === before || JSON.stringify(now) === JSON.stringify(before));
    rows.set(node, isSame ? [now] : [now, before]);
  }
  return rows;
}

/**
 * An environment after rows of it were read.
 *
 * @param body Its own row; `undefined`: removed; null: not read, since it is as it was.
 * @param rows By node; `undefined`: removed.
 */
export function environmentFrom(
  before: EnvironmentRecord | undefined,
  body: unknown,
  rows: ReadonlyMap<string, unknown>,
): EnvironmentRecord | undefined {
  if (body === undefined || (body === null && before === undefined)) return undefined;
  const read = body ?? (before && bodyOf(before));
  if (Object.hasOwn(read as object, 'pointers')) {
    inOneRow.add(read as EnvironmentRecord);
    return read as EnvironmentRecord;
  }
  const { isBackPossible, ...rest } = read as EnvironmentBody;
  const known = pointerRows(before && inOneRow.has(before) ? undefined : before);
  const pointers: { [node: string]: Pointer } = {};
  const previous: { [node: string]: Pointer } = {};
  for (const node of [...new Set([...known.keys(), ...rows.keys()])].toSorted()) {
    const row = (rows.has(node) ? rows.get(node) : known.get(node)) as PointerRow | undefined;
    if (row === undefined) continue;
    const [now, then = now] = row;
    if (now !== null) setEntry(pointers, node, now);
    if (then !== null) setEntry(previous, node, then);
  }
  return { ...rest, pointers, previous: isBackPossible ? previous : null };
}

/** Whether all environments stand in rows of their nodes. */
export const areInRows = ({ environments }: ScopeDocument): boolean =>
  !Object.values(environments).some((record) => inOneRow.has(record));

const own = (pointers: Pointers, node: string): Pointer | null =>
  Object.hasOwn(pointers, node) ? (pointers[node] ?? null) : null;
