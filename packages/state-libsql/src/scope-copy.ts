import { setEntry } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import type { ScopeChanges } from './changes.ts';
import type { Answers } from './connection.ts';
import { areInRows } from './environment-rows.ts';
import { EMPTY_SCOPE, type ClaimEntry, type Item, type ScopeDocument } from './focus.ts';
import { stateEpoch, statePart } from './schema.ts';
import {
  afterItems,
  afterSnapshots,
  BEGINNING,
  isFull,
  itemPage,
  itemsOf,
  snapshotPage,
  snapshotsNamed,
  snapshotsOf,
  tickNow,
  type Cursor,
} from './scope-pages.ts';
import { withItem } from './scope-rows.ts';
import { numberOf, statement, type Row, type Statement } from './statement.ts';
import {
  withClaims,
  withEnvironments,
  withItemRows,
  withSnapshotRows,
  type EnvironmentsRead,
} from './taken-rows.ts';

/** What this process knows of a scope, brought up to date by reading the rows that were written since. */
export class ScopeCopy {
  readonly key: string;
  document: ScopeDocument = EMPTY_SCOPE;
  /** The document is that of this epoch. */
  known = 0;
  /** Whether all rows up to some epoch are there. */
  isComplete = false;
  /** Whether some rows are newer than the others: others write, and what they wrote was not read. */
  isAhead = false;
  /** Of rows that are newer than the others, the epoch of which they are. */
  readonly #newer = new Map<string, number>();
  /** The epoch at which the scope was last written, as far as read. */
  version = 0;
  /** The version that is saved; -1: none. */
  savedVersion = -1;
  #snapshots: Cursor = BEGINNING;
  #items: Cursor = BEGINNING;
  /** When rows were last removed, as of the first page. */
  #removedAt: number | undefined;
  /** The write that made the epoch `known`: only a database that has taken it is the one that was read. */
  #token = '';
  /** Whether a look at the version found nothing new the last time: then the next one asks for no more than that. */
  #isQuiet = true;
  /** Rows of environments of which more may come. */
  readonly #read: EnvironmentsRead = new Map();

  /** @param saved What another process saved of this scope; it counts once the database has confirmed it. */
  constructor(key: string, saved: SavedScope | null = null) {
    this.key = key;
    if (saved === null) return;
    this.savedVersion = saved.version;
    this.document = saved.document;
    this.known = saved.known;
    this.version = saved.version;
    this.#token = saved.token;
    this.#removedAt = saved.removedAt;
    this.#snapshots = { version: saved.known, key: null };
    this.#items = this.#snapshots;
  }

  /** What may be saved; null: nothing that is whole. */
  saved(): SavedScope | null {
    if (!this.isComplete || this.isAhead || this.known === 0 || !areInRows(this.document)) return null;
    const { document, known, version } = this;
    return { document, known, version, token: this.#token, removedAt: this.#removedAt ?? 0 };
  }

  /**
   * Reads what comes next; where nothing was new the last time, only whether there is anything. Where others write
   * all the time it reads no more than the rows asked for. There is more to read unless `isComplete` afterwards.
   *
   * @param only The rows asked for; null: all.
   */
  next(only: readonly Item[] | null): ScopeReading {
    const { key, known } = this;
    const token = known === 0 ? null : this.#token;
    const version = statement(sql`SELECT (SELECT version FROM ${statePart} WHERE name = ${key}) AS version,
      (SELECT removed_at FROM ${statePart} WHERE name = ${key}) AS removed_at,
      (SELECT token FROM ${stateEpoch} WHERE epoch = ${known}) AS token`);
    const named = this.isAhead && this.isComplete ? fewSnapshots(only) : null;
    if (named !== null) {
      return {
        isPart: true,
        statements: [version, snapshotsNamed(key, known, named), tickNow(key)],
        take: (answers, meta) => {
          this.#takePart(answers, meta, token);
          for (const id of named) this.#newer.set(id, numberOf(meta, 'epoch'));
        },
      };
    }
    const isWhole = this.#snapshots.version === known && this.#snapshots.key === null && known > 0;
    return {
      isPart: false,
      statements:
        isWhole && this.#isQuiet && !this.isAhead
          ? [version]
          : [version, snapshotPage(key, known, this.#snapshots), itemPage(key, known, this.#items)],
      take: (answers, meta) => this.#take(answers, meta, token),
    };
  }

  /** Whether the database is the one that was read, and has lost no row since. Otherwise nothing is known any more. */
  #isStillThere(part: Row | undefined, meta: Row | undefined, token: string | null): boolean {
    const removedAt = numberOf(part, 'removed_at');
    this.#removedAt ??= removedAt;
    const isKnown = token === null || part?.['token'] === token || meta?.['token'] === token;
    if (removedAt === this.#removedAt && isKnown) return true;
    this.forget();
    return false;
  }

  #takePart(
    [parts = [], snapshots = [], tick = []]: Answers,
    meta: Row | undefined,
    token: string | null,
  ): void {
    if (!this.#isStillThere(parts[0], meta, token)) return;
    this.document = withSnapshotRows(this.document, snapshotsOf(snapshots[0]));
    this.document = withItemRows(this.document, itemsOf(tick[0]), this.#read);
  }

  /** @param token Of the write up to which everything was known; null: nothing was. */
  #take([parts = [], ...pages]: Answers, meta: Row | undefined, token: string | null): void {
    const part = parts[0];
    if (!this.#isStillThere(part, meta, token)) return;
    if (pages.length === 0 && numberOf(part, 'version') > this.version) {
      this.#isQuiet = false;
      this.isComplete = false;
      return;
    }
    const rows = pages.map(([row]) => row);
    const [snapshots, items] = [snapshotsOf(rows[0]), itemsOf(rows[1])];
    this.#isQuiet = snapshots.length === 0 && items.length === 0;
    this.document = withItemRows(withSnapshotRows(this.document, snapshots), items, this.#read);
    this.isComplete = !rows.some(isFull);
    if (!this.isComplete) {
      this.#snapshots = afterSnapshots(snapshots) ?? this.#snapshots;
      this.#items = afterItems(items) ?? this.#items;
      return;
    }
    this.document = withEnvironments(this.document, this.#read);
    this.#read.clear();
    this.#isAt(meta, numberOf(part, 'version'));
  }

  /** The epoch of which the rows asked for are, as far as it is known without reading; null: they are to be read. */
  epochOf(only: readonly Item[] | null): number | null {
    if (!this.isComplete) return null;
    if (!this.isAhead) return this.known;
    const epochs = fewSnapshots(only)?.map((id) => this.#newer.get(id) ?? null) ?? [null];
    return epochs.includes(null) ? null : Math.min(...epochs.map(Number));
  }

  /** Asks for the version of the scope; before a write, in its batch. */
  look(): Statement {
    return statement(sql`SELECT version FROM ${statePart} WHERE name = ${this.key}`);
  }

  /**
   * Says that `wrote` was all there is, if it was.
   *
   * @param before What `look` answered.
   * @param meta Epoch and token of the write.
   * @param written The snapshots that it wrote.
   */
  follow(before: readonly Row[], meta: Row | undefined, written: readonly string[]): void {
    const epoch = numberOf(meta, 'epoch');
    if (!this.isAhead && this.isComplete && numberOf(before[0], 'version') === this.version) {
      this.#isAt(meta, epoch);
      return;
    }
    this.isAhead = true;
    for (const id of written) this.#newer.set(id, epoch);
  }

  #isAt(meta: Row | undefined, version: number): void {
    this.known = numberOf(meta, 'epoch');
    this.#token = String(meta?.['token'] ?? '');
    this.version = version;
    this.#snapshots = { version: this.known, key: null };
    this.#items = this.#snapshots;
    this.isAhead = false;
    this.#newer.clear();
  }

  /** Begins again: rows were removed, and nothing tells which; or it is another database. */
  forget(): void {
    this.document = EMPTY_SCOPE;
    this.known = 0;
    this.isComplete = false;
    this.isAhead = false;
    this.#newer.clear();
    this.savedVersion = -1;
    this.#snapshots = BEGINNING;
    this.#items = BEGINNING;
    this.#removedAt = undefined;
    this.#read.clear();
  }

  /** Takes over what this process wrote itself; it does not come back in the answer. */
  wrote({ snapshots, removedSnapshots, items }: ScopeChanges): void {
    const states = { ...this.document.snapshots };
    const claims = new Map<string, readonly ClaimEntry[]>();
    for (const { id, state, claims: held } of snapshots) {
      setEntry(states, id, state);
      if (held !== null) claims.set(id, held);
    }
    for (const id of removedSnapshots) {
      delete states[id];
      claims.set(id, []);
    }
    let document: ScopeDocument = {
      ...this.document,
      snapshots: states,
      claims: withClaims(this.document.claims, claims),
    };
    for (const { field, key, value } of items) document = withItem(document, field, key, value);
    this.document = document;
  }
}

/** The statements of one read of a scope, and what takes over their answers. */
export interface ScopeReading {
  /** Only the rows asked for are as they are now. */
  readonly isPart: boolean;
  readonly statements: readonly Statement[];
  /** @param meta Epoch and token at which they were read. */
  take(answers: Answers, meta: Row | undefined): void;
}

/** A scope as it was at one epoch of its database. */
export interface SavedScope {
  readonly document: ScopeDocument;
  readonly known: number;
  readonly version: number;
  /** The write that made the epoch. */
  readonly token: string;
  readonly removedAt: number;
}

/** Rows that are read one by one at most. */
const FEW = 50;

/** Their ids, where nothing but a few snapshots is asked for. */
function fewSnapshots(only: readonly Item[] | null): readonly string[] | null {
  if (only === null || only.length > FEW) return null;
  const ids = only.flatMap(([field, id]) => (field === 'snapshots' && id !== null ? [id] : []));
  return ids.length === only.length ? ids : null;
}
