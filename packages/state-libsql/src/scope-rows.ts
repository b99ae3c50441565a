import { gunzipSync, gzipSync } from 'node:zlib';

import { type ClaimEntry, type ScopeDocument, type SnapshotState } from './focus.ts';
import { textOf, type Row } from './statement.ts';

/** A snapshot and the claims on it: one row. */
export interface SnapshotRow {
  readonly state: SnapshotState;
  readonly claims: readonly ClaimEntry[];
}

/** The fields of a record that change after it was made. */
const CHANGING = new Set(['generation', 'done', 'seq', 'columns', 'rows', 'version', 'dropping']);

type Fields = { readonly [field: string]: unknown };

/** The columns of a snapshot's row; `made` is empty where it is as it was in `before`. */
export function snapshotColumns(
  id: string,
  { state, claims }: SnapshotRow,
  before: SnapshotState | undefined,
): Fields {
  const { record, fence, ...rest } = state;
  const { generation, done, seq } = record;
  const known = before?.record as Fields | undefined;
  const entries = Object.entries(record);
  const made = entries.filter(([field]) => !CHANGING.has(field));
  const isMade = known !== undefined && made.every(([field, value]) => known[field] === value);
  const changing = entries.filter(
    ([field]) => CHANGING.has(field) && !['generation', 'done', 'seq'].includes(field),
  );
  const columns = {
    id,
    node: record.node,
    generation,
    fence,
    seq,
    done: JSON.stringify(done),
    claims: JSON.stringify(claims),
    body: JSON.stringify({ ...rest, record: Object.fromEntries(changing) }),
    made: isMade ? '' : JSON.stringify(Object.fromEntries(made)),
  };
  const { body, claims: held } = columns;
  return { ...columns, bytes: sizeOf(columns.done) + sizeOf(held) + sizeOf(body) };
}

/** Generation, fence, seq, done, claims, what else changes, and what does not where the reader has to be told. */
export type SnapshotText = readonly [
  generation: number,
  fence: number,
  seq: number,
  done: SnapshotState['record']['done'],
  claims: readonly ClaimEntry[],
  body: Fields & { readonly record: Fields },
  made: Fields | null,
];

/** The opposite. */
export function snapshotRow(text: SnapshotText, before: SnapshotState | undefined): SnapshotRow {
  const [generation, fence, seq, done, claims, { record: changing, ...rest }, told] = text;
  const known = (): Fields =>
    Object.fromEntries(Object.entries(before?.record ?? {}).filter(([field]) => !CHANGING.has(field)));
  const record = { ...(told ?? known()), ...changing, generation, seq, done };
  return { state: { ...rest, record, fence } as unknown as SnapshotState, claims };
}

/** The fields of a scope that are not rows of snapshots: an object by key, anything else under the key ''. */
export const isKeyed = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets or, with `undefined`, removes one row of a field. */
export function withItem(scope: ScopeDocument, field: string, key: string, value: unknown): ScopeDocument {
  if (key === '') {
    if (value !== undefined) return { ...scope, [field]: value };
    const { [field]: _gone, ...left } = scope as unknown as Fields;
    return left as unknown as ScopeDocument;
  }
  const entries = (scope as unknown as Fields)[field] as Fields | undefined;
  const { [key]: _before, ...others } = entries ?? {};
  return { ...scope, [field]: value === undefined ? others : { ...others, [key]: value } };
}

export const itemOf = (
  row: Row,
): { readonly field: string; readonly key: string; readonly value: unknown } => ({
  field: textOf(row, 'field'),
  key: textOf(row, 'key'),
  value: JSON.parse(unpacked(textOf(row, 'body'))),
});

/** Longer texts are packed: thousands of pointers shrink to a fifth. */
const LONG = 20_000;
const PACKED = 'gzip:';

/** A JSON text as it is stored; none begins with what a packed one begins with. */
export const packed = (text: string): string =>
  text.length > LONG ? `${PACKED}${gzipSync(text).toString('base64')}` : text;

const unpacked = (text: string): string =>
  text.startsWith(PACKED) ? gunzipSync(Buffer.from(text.slice(PACKED.length), 'base64')).toString() : text;

const sizeOf = (text: string): number => Buffer.byteLength(text);
