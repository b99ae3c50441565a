import type { StateDocument } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { allParts, together, type Plain } from './all-parts.ts';
import type { Changes } from './changes.ts';
import type { Failure } from './connection-failure.ts';
import type { Answers, Connection } from './connection.ts';
import type { Part } from './focus.ts';
import type { Basis } from './guard.ts';
import { NOW_MS } from './migrate.ts';
import { emptyReading, partReader, type Reading } from './part-reader.ts';
import type { ReadCache } from './read-cache.ts';
import { stateMeta } from './schema.ts';
import { ScopeCopy } from './scope-copy.ts';
import { numberOf, statement, type Row, type Statement } from './statement.ts';

/** A moment of some parts of the state. */
export interface Moment {
  readonly document: StateDocument;
  readonly basis: Basis;
  /** The server's clock. */
  readonly now: number;
  /** Whether it was not read but remembered: it may be old, and `now` is reckoned. */
  readonly isRemembered: boolean;
}

/** The parts that were asked for, and those that this comes down to. */
interface Wish {
  readonly parts: readonly Part[];
  readonly plain: readonly Plain[];
}

export const READ_META: Statement = statement(sql`SELECT epoch, token, ${NOW_MS} AS now FROM ${stateMeta}`);

/** Reads parts of the state, and of scopes only what is new. */
export class Reader {
  readonly #connection: Connection;
  readonly #cache: ReadCache | null;
  readonly #copies = new Map<string, ScopeCopy>();
  /** What the server's clock said, and when by this process's. */
  #clock: { readonly now: number; readonly at: number } | null = null;

  /** @param cache What was read by processes before, where it is kept. */
  constructor(connection: Connection, cache: ReadCache | null) {
    this.#connection = connection;
    this.#cache = cache;
  }

  /** Keeps what was read for the next process. */
  async save(): Promise<void> {
    for (const copy of this.#copies.values()) {
      const saved = this.#cache && copy.version !== copy.savedVersion ? copy.saved() : null;
      if (saved) await this.#cache?.save(copy.key, saved);
    }
  }

  copyOf(key: string): ScopeCopy {
    const known = this.#copies.get(key);
    if (known) return known;
    const copy = new ScopeCopy(key, this.#cache?.load(key) ?? null);
    this.#copies.set(key, copy);
    return copy;
  }

  /** What is known without asking; null when something has to be read. */
  remembered(parts: readonly Part[]): Moment | null {
    if (this.#clock === null) return null;
    const scopes: { [key: string]: StateDocument['scopes'][string] } = {};
    const reading = emptyReading();
    for (const part of parts) {
      if (part.kind !== 'scope') return null;
      const copy = this.copyOf(part.key);
      const known = copy.epochOf(part.only);
      if (known === null) return null;
      scopes[part.key] = copy.document;
      reading.known.set(part.key, known);
    }
    const document = { ...reading.document, scopes };
    // The server's clock was read before its answer came, so this is rather behind it.
    const now = this.#clock.now + Math.floor(performance.now() - this.#clock.at);
    return { document, basis: this.#basis(parts, 0, reading), now, isRemembered: true };
  }

  /** That of the newest write; null when it cannot be read now. */
  async epoch(): Promise<number | null> {
    const sent = await this.#connection.send('read', [READ_META]);
    return sent.status === 'answered' ? numberOf(sent.answers[0]?.[0], 'epoch') : null;
  }

  async read(parts: readonly Part[], deadline: number): Promise<Moment> {
    const plain = parts.filter((part): part is Plain => part.kind !== 'everything');
    if (plain.length < parts.length) return this.#everything(parts, deadline);
    return this.#moment({ parts, plain }, deadline);
  }

  async #moment(wish: Wish, deadline: number): Promise<Moment> {
    for (;;) {
      const { statements, take } = this.#statements(wish);
      const moment = take(await this.#connection.read(statements, deadline));
      if (moment) return moment;
    }
  }

  /** Reads part after part, since all at once may be more than an answer holds, until nobody wrote meanwhile. */
  async #everything(parts: readonly Part[], deadline: number): Promise<Moment> {
    for (let attempt = 0; ; attempt += 1) {
      const moments: Moment[] = [];
      for (const part of await allParts(this.#connection, deadline)) {
        moments.push(await this.#moment({ parts, plain: [part] }, deadline));
      }
      const [first, last] = [moments[0], moments.at(-1)];
      if (first && last && first.basis.epoch === last.basis.epoch) {
        const documents = moments.map(({ document }) => document);
        return { ...last, document: documents.reduce(together) };
      }
      await this.#connection.pause(attempt, deadline, crowded(this.#connection.target.label));
    }
  }

  /**
   * Statements that say, before a write in its batch, whether others wrote to its scopes since they were read.
   *
   * @returns `follow` takes over what they answered, once `wrote` did what was written.
   */
  looks(parts: readonly Part[]): {
    readonly statements: readonly Statement[];
    readonly follow: (answers: Answers, meta: Row | undefined, changes: Changes) => void;
  } {
    const copies = parts.flatMap((part) => (part.kind === 'scope' ? [this.copyOf(part.key)] : []));
    return {
      statements: copies.map((copy) => copy.look()),
      follow: (answers, meta, { scopes }) => {
        for (const [at, copy] of copies.entries()) {
          const written = scopes.find(({ key }) => key === copy.key)?.snapshots ?? [];
          const ids = written.map(({ id }) => id);
          copy.follow(answers[at] ?? [], meta, ids);
        }
      },
    };
  }

  /** Takes over what this process wrote. */
  wrote(changes: Changes): void {
    for (const scope of changes.scopes) this.copyOf(scope.key).wrote(scope);
  }

  /** `take` answers null when there is more to read. */
  #statements({ parts, plain }: Wish): {
    readonly statements: readonly Statement[];
    readonly take: (answers: Answers) => Moment | null;
  } {
    const readers = plain.map((part) => partReader(part, (key) => this.copyOf(key)));
    return {
      statements: [READ_META, ...readers.flatMap((reader) => reader.statements)],
      take: ([metas = [], ...answers]) => {
        const meta = metas[0];
        const epoch = numberOf(meta, 'epoch');
        const reading = emptyReading();
        let at = 0;
        for (const reader of readers) {
          reader.take(answers.slice(at, at + reader.statements.length), reading, meta);
          at += reader.statements.length;
        }
        if (!reading.isComplete) return null;
        const now = numberOf(meta, 'now');
        this.#clock = { now, at: performance.now() };
        const basis = this.#basis(parts, epoch, reading);
        return { document: reading.document, basis, now, isRemembered: false };
      },
    };
  }

  #basis(parts: readonly Part[], epoch: number, { rows, known }: Reading): Basis {
    const copies = [...this.#copies.values()];
    const asked = new Set(parts.flatMap((part) => (part.kind === 'scope' ? [part.key] : [])));
    const versions = copies.filter(({ key }) => asked.has(key)).map(({ version }) => version);
    return {
      parts,
      epoch,
      rows,
      scopes: new Map([...copies.map((copy) => [copy.key, copy.known] as const), ...known]),
      newest: Math.max(0, ...rows.values(), ...versions),
    };
  }
}

/** Others write all the time. */
export const crowded = (label: string): Failure => ({
  kind: 'busy',
  code: 'STATE_UNREACHABLE',
  message: `Other processes write the state all the time: ${label}`,
  hint: 'Run the command again.',
});
