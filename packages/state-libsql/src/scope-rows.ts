import { gunzipSync, gzipSync } from 'node:zlib';

import { type ClaimEntry, type ScopeDocument, type SnapshotState } from './focus.ts';

/** A snapshot and the claims on it: one row. */
export interface SnapshotRow {
  readonly state: SnapshotState;
  /** Null: as they were. */
  readonly claims: readonly ClaimEntry[] | null;
}

/** The fields of a record that change after it was made. */
const CHANGING = new Set(['generation', 'done', 'seq', 'columns', 'rows', 'version', 'dropping']);

/** Those that have a column of their own. */
const COLUMNS = new Set(['generation', 'done', 'seq']);

type Fields = { readonly [field: string]: unknown };

/** The columns of a snapshot's row; the texts that are as they were in `before` are empty. */
export function snapshotColumns(
  id: string,
  { state, claims }: SnapshotRow,
  before: SnapshotState | undefined,
): Fields {
  const { record, fence } = state;
  const { node, generation, done, seq } = record;
  const known = before?.record;
  return {
    id,
    node,
    generation,
    fence,
    seq,
    done: known?.done === done ? '' : JSON.stringify(done),
    claims: claims === null && before !== undefined ? '' : JSON.stringify(claims ?? []),
    body: isSame(state, before, isOfBody) && isSame(record, known, isChanging) ? '' : bodyOf(state),
    made: isSame(record, known, isMade) ? '' : JSON.stringify(fieldsOf(record, isMade)),
  };
}

const isOfBody = (field: string): boolean => field !== 'record' && field !== 'fence';
const isMade = (field: string): boolean => !CHANGING.has(field);
const isChanging = (field: string): boolean => CHANGING.has(field) && !COLUMNS.has(field);

const bodyOf = (state: SnapshotState): string =>
  JSON.stringify({ ...fieldsOf(state, isOfBody), record: fieldsOf(state.record, isChanging) });

const fieldsOf = (of: object, isMeant: (field: string) => boolean): Fields =>
  Object.fromEntries(Object.entries(of).filter(([field]) => isMeant(field)));

/** Whether the fields that are meant are those of `before`, neither more nor fewer. */
function isSame(of: object, before: object | undefined, isMeant: (field: string) => boolean): boolean {
  if (before === undefined) return false;
  const [are, were] = [of as Fields, before as Fields];
  if (are === were) return true;
  for (const field in are) if (are[field] !== were[field] && isMeant(field)) return false;
  for (const field in were) if (!Object.hasOwn(are, field) && isMeant(field)) return false;
  return true;
}

/** A row as a reader gets it; what never changes comes where the reader has to be told. */
export type SnapshotText = readonly [
  id: string,
  version: number,
  generation: number,
  fence: number,
  seq: number,
  done: SnapshotState['record']['done'],
  claims: readonly ClaimEntry[],
  body: { record: Fields; fence?: number },
  made: { [field: string]: unknown } | null,
];

/** The opposite. Makes the state of what was parsed, in place. */
export function snapshotState(
  [, , generation, fence, seq, done, , body, told]: SnapshotText,
  before: SnapshotState | undefined,
): SnapshotState {
  const record = told ?? madeOf(before);
  Object.assign(record, body.record);
  record['generation'] = generation;
  record['seq'] = seq;
  record['done'] = done;
  body.record = record;
  body.fence = fence;
  return body as unknown as SnapshotState;
}

const madeOf = (before: SnapshotState | undefined): { [field: string]: unknown } =>
  Object.fromEntries(Object.entries(before?.record ?? {}).filter(([field]) => !CHANGING.has(field)));

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

/** A row of any other field as a reader gets it. */
export type ItemText = readonly [field: string, key: string, version: number, body: string];

/** Longer texts are packed: they shrink to a fifth. */
const LONG = 20_000;
const PACKED = 'gzip:';

/** What stands where a row was removed, so that readers are told. */
export const REMOVED = '';

/** A value as it is stored; no JSON begins with what a packed one begins with. */
export function itemBody(value: unknown): string {
  if (value === undefined) return REMOVED;
  const text = JSON.stringify(value);
  return text.length > LONG ? `${PACKED}${gzipSync(text).toString('base64')}` : text;
}

/** The value of a body; `undefined` where it was removed. */
export function itemValue(body: string): unknown {
  if (body === REMOVED) return undefined;
  if (!body.startsWith(PACKED)) return JSON.parse(body);
  return JSON.parse(gunzipSync(Buffer.from(body.slice(PACKED.length), 'base64')).toString());
}
