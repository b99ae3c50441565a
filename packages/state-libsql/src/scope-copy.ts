import { sql, type SQL } from 'drizzle-orm';

import type { ScopeChanges } from './changes.ts';
import { EMPTY_SCOPE, type ClaimEntry, type ScopeDocument } from './focus.ts';
import { stateItem, statePart, stateSnapshot } from './schema.ts';
import { itemOf, snapshotRow, withItem, type SnapshotText } from './scope-rows.ts';
import { numberOf, statement, textOf, type Row, type Statement } from './statement.ts';

/** A reader asks for this much at once; servers refuse answers over ten million bytes. */
const PAGE_BYTES = 3_000_000;

/**
 * A snapshot's columns as one JSON text, as `SnapshotText` has them: a client takes longer over ten columns than
 * over one.
 */
const SNAPSHOT_TEXT = (known: number): SQL =>
  sql`'[' || generation || ',' || fence || ',' || seq || ',' || done || ',' || claims || ',' || body || ',' ||
    CASE WHEN made_version > ${known} THEN made ELSE 'null' END || ']'`;

/** How far a reader is in the rows of a table, by version and then by key. */
interface Cursor {
  readonly version: number;
  readonly key: string | null;
}

const BEGINNING: Cursor = { version: 0, key: null };

/** What this process knows of a scope, brought up to date by reading the rows that were written since. */
export class ScopeCopy {
  readonly key: string;
  document: ScopeDocument = EMPTY_SCOPE;
  /** The document is that of this epoch. */
  known = 0;
  /** Whether all rows up to some epoch are there. */
  isComplete = false;
  /** The epoch at which the scope was last written, as far as read. */
  version = 0;
  #snapshots: Cursor = BEGINNING;
  #items: Cursor = BEGINNING;
  /** When rows were last removed, as of the first page. */
  #removedAt: number | undefined;

  constructor(key: string) {
    this.key = key;
  }

  /**
   * Three statements that read what comes next.
   *
   * @param own The version that the reader wrote itself in the same batch, or NULL.
   */
  statements(own: SQL = sql`NULL`): readonly Statement[] {
    const { key, known } = this;
    const [snapshots, items] = [this.#snapshots, this.#items];
    const itemKey = sql`field || char(10) || key`;
    return [
      statement(sql`SELECT version, removed_at FROM ${statePart} WHERE name = ${key}`),
      statement(sql`SELECT * FROM (
        SELECT id, version, ${SNAPSHOT_TEXT(known)} AS row,
          SUM(bytes + CASE WHEN made_version > ${known} THEN length(made) ELSE 0 END)
            OVER (ORDER BY version, id ROWS UNBOUNDED PRECEDING) AS upto
        FROM ${stateSnapshot}
        WHERE scope = ${key} AND version >= ${snapshots.version} AND version IS NOT ${own}
          AND (version > ${snapshots.version} OR id > ${snapshots.key})
      ) WHERE upto - length(row) < ${PAGE_BYTES} ORDER BY version, id`),
      statement(sql`SELECT * FROM (
        SELECT field, key, version, body, bytes,
          SUM(bytes) OVER (ORDER BY version, ${itemKey} ROWS UNBOUNDED PRECEDING) AS upto
        FROM ${stateItem}
        WHERE scope = ${key} AND version >= ${items.version} AND (version IS NOT ${own} OR field = 'tick')
          AND (version > ${items.version} OR ${itemKey} > ${items.key})
      ) WHERE upto - bytes < ${PAGE_BYTES} ORDER BY version, field || char(10) || key`),
    ];
  }

  /** Takes over what the statements answered at this epoch. There is more to read unless `isComplete`. */
  take([part = [], snapshots = [], items = []]: readonly (readonly Row[])[], epoch: number): void {
    const removedAt = numberOf(part[0], 'removed_at');
    this.#removedAt ??= removedAt;
    if (removedAt !== this.#removedAt) {
      this.forget();
      return;
    }
    this.#takeSnapshots(snapshots);
    this.#takeItems(items);
    const [lastSnapshot, lastItem] = [snapshots.at(-1), items.at(-1)];
    const isFull = [lastSnapshot, lastItem].some((row) => numberOf(row, 'upto') >= PAGE_BYTES);
    this.isComplete = !isFull;
    if (isFull) {
      if (lastSnapshot)
        this.#snapshots = { version: numberOf(lastSnapshot, 'version'), key: textOf(lastSnapshot, 'id') };
      if (lastItem) {
        const { field, key } = itemOf(lastItem);
        this.#items = { version: numberOf(lastItem, 'version'), key: `${field}\n${key}` };
      }
      return;
    }
    this.known = epoch;
    this.version = numberOf(part[0], 'version');
    this.#snapshots = { version: epoch, key: null };
    this.#items = this.#snapshots;
  }

  /** Begins again: rows were removed, and nothing tells which. */
  forget(): void {
    this.document = EMPTY_SCOPE;
    this.known = 0;
    this.isComplete = false;
    this.#snapshots = BEGINNING;
    this.#items = BEGINNING;
    this.#removedAt = undefined;
  }

  /** Takes over what this process wrote itself; it does not come back in the answer. */
  wrote({ snapshots, removedSnapshots, items }: ScopeChanges): void {
    const gone = new Set(removedSnapshots);
    const kept = Object.entries(this.document.snapshots).filter(([id]) => !gone.has(id));
    const states = snapshots.map(({ id, state }) => [id, state] as const);
    const claims = new Map(snapshots.map((row) => [row.id, row.claims]));
    for (const id of removedSnapshots) claims.set(id, []);
    let document: ScopeDocument = {
      ...this.document,
      snapshots:
        gone.size > 0
          ? Object.fromEntries([...kept, ...states])
          : { ...this.document.snapshots, ...Object.fromEntries(states) },
      claims: withClaims(this.document.claims, claims),
    };
    for (const { field, key, value } of items) document = withItem(document, field, key, value);
    this.document = document;
  }

  #takeSnapshots(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const texts = rows.map((row) => textOf(row, 'row'));
    // One text for all: much faster than one by one.
    const columns = JSON.parse(`[${texts.join(',')}]`) as readonly SnapshotText[];
    const read = rows.map((row, at) => {
      const id = textOf(row, 'id');
      const before = Object.hasOwn(this.document.snapshots, id) ? this.document.snapshots[id] : undefined;
      return [id, snapshotRow(columns[at] as SnapshotText, before)] as const;
    });
    const states = Object.fromEntries(read.map(([id, { state }]) => [id, state]));
    const claims = new Map(read.map(([id, row]) => [id, row.claims]));
    this.document = {
      ...this.document,
      snapshots: { ...this.document.snapshots, ...states },
      claims: withClaims(this.document.claims, claims),
    };
  }

  #takeItems(rows: readonly Row[]): void {
    const fields: { [field: string]: unknown } = {};
    const before = this.document as unknown as { readonly [field: string]: object | undefined };
    for (const row of rows) {
      const { field, key, value } = itemOf(row);
      if (key === '') fields[field] = value;
      else {
        fields[field] ??= { ...before[field] };
        Object.defineProperty(fields[field], key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
    }
    if (rows.length > 0) this.document = { ...this.document, ...fields };
  }
}

/** Replaces the claims on some snapshots. */
export function withClaims(
  claims: readonly ClaimEntry[],
  of: ReadonlyMap<string, readonly ClaimEntry[]>,
): readonly ClaimEntry[] {
  const others = claims.filter(({ snapshot }) => !of.has(snapshot));
  const added = [...of.values()].flat();
  return added.length === 0 && others.length === claims.length ? claims : [...others, ...added];
}
