import { randomUUID } from 'node:crypto';

import { StateError, type DocumentStore, type StateDocument, type Step } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { applied, type Waiting } from './waiting-steps.ts';
import { changesBetween, type Changes } from './changes.ts';
import { errorOf, type Failure } from './connection-failure.ts';
import type { Connection } from './connection.ts';
import { listEvents } from './event-rows.ts';
import { joined, type Focus, type Part } from './focus.ts';
import { migrate } from './migrate.ts';
import type { ReadCache } from './read-cache.ts';
import { crowded, READ_META, Reader, type Moment } from './reader.ts';
import { stateEpoch } from './schema.ts';
import { statement, type Statement } from './statement.ts';
import { textsOf } from './text-rows.ts';
import { writeStatements } from './write-statements.ts';

/** Whoever was overtaken tries again soon. */
const CROWDED_PAUSE_MS = 150;
/** Whoever was kept waiting for a file has waited long enough. */
const BUSY_PAUSE_MS = 20;

export interface DatabaseStoreOptions {
  /** In place of the server's clock. */
  readonly clock: (() => number) | undefined;
  /** How long a step is tried for while the state does not answer or others are in the way. */
  readonly timeoutMs: number;
  /** Where what is read is kept for the next process; default: nowhere. */
  readonly cache?: ReadCache | null;
}

/** How a write ended. */
type Written =
  | { readonly status: 'taken' | 'overtaken' }
  | { readonly status: 'failed'; readonly failure: Failure };

/**
 * Takes steps on the rows of a database. What a step is about is read, the step is made on it as on any
 * document, and the rows in which it differs are written in one batch, if nobody has written what it was made
 * from; otherwise it is made again. Steps that wait in this process at the same time are taken together.
 */
export class DatabaseStore {
  readonly #connection: Connection;
  readonly #options: DatabaseStoreOptions;
  readonly #reader: Reader;
  #queue: Waiting[] = [];
  #working: Promise<void> | null = null;
  #isClosed = false;

  constructor(connection: Connection, options: DatabaseStoreOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#reader = new Reader(connection, options.cache ?? null);
  }

  /** The store for steps that have to do with some parts only. */
  focused(focus: Focus): DocumentStore {
    return {
      description: this.#connection.target.label,
      initialize: async () => {
        await migrate(this.#connection, this.#deadline());
      },
      read: () => this.#ask<StateDocument>(focus, null),
      step: <T>(step: Step<T>) => this.#ask<T>(focus, step),
      events: (scope, filter) => listEvents(this.#connection, scope, filter, this.#deadline()),
      texts: textsOf(this.#connection, () => this.#deadline()),
      close: () => this.close(),
    };
  }

  /** A moment of these parts, for a transaction. */
  moment(focus: Focus): Promise<Moment> {
    return this.#reader.read(focus.parts, this.#deadline());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
    await this.#reader.save();
    await this.#connection.close();
  }

  #deadline(): number {
    return performance.now() + this.#options.timeoutMs;
  }

  #ask<T>(focus: Focus, step: Step<unknown> | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) {
        const { label } = this.#connection.target;
        reject(new StateError('STATE_UNREACHABLE', `The state ${label} is closed`, 'Open it again.'));
        return;
      }
      this.#queue.push({ focus, step, resolve: resolve as (answer: unknown) => void, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // Those who ask in the same breath are answered together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#takeSteps(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same breath as the queue was found empty: a step that comes a moment later must start anew.
    this.#working = null;
  }

  async #takeSteps(batch: readonly Waiting[]): Promise<void> {
    const { parts, usesClock } = joined(batch.map(({ focus }) => focus));
    let deadline = this.#deadline();
    let seen: number | null = null;
    /** Writes whose answers were lost. */
    const unsure = new Map<string, () => void>();
    const isReading = batch.some(({ step }) => step === null);
    let moment = isReading ? null : this.#reader.remembered(parts);
    for (let attempt = 0; ; attempt += 1) {
      moment ??= await this.#reader.read(parts, deadline);
      const taken = unsure.size > 0 ? await this.#takenOf(unsure, deadline) : undefined;
      if (taken) return taken();
      const outcome = applied(moment, batch, this.#options.clock);
      const changes = changesBetween(moment.document, outcome.document, outcome.events, parts);
      // What is remembered may be old; only what the server says is an answer.
      if (moment.isRemembered && (changes === null || outcome.hasFailed)) {
        moment = null;
        continue;
      }
      if (changes === null) return outcome.settle();
      const token = randomUUID();
      const isReckoned = moment.isRemembered && usesClock && this.#options.clock === undefined;
      const writes = writeStatements(changes, moment.basis, token, isReckoned ? moment.now : null);
      moment = null;
      const sent = await this.#write(parts, changes, token, writes);
      if (sent.status === 'failed') {
        if (sent.failure.kind === 'final') throw errorOf(sent.failure);
        if (sent.failure.kind === 'passing') unsure.set(token, outcome.settle);
        if (sent.failure.kind === 'busy') {
          // Whoever waits for a file may be passed again and again; that others get on is no failure.
          const epoch = await this.#reader.epoch();
          if (epoch !== seen) deadline = this.#deadline();
          seen = epoch;
          await this.#connection.pause(attempt, deadline, sent.failure, BUSY_PAUSE_MS);
        } else await this.#connection.pause(attempt, deadline, sent.failure);
        continue;
      }
      if (sent.status === 'taken') return outcome.settle();
      // Somebody was faster.
      const failure = crowded(this.#connection.target.label);
      if (attempt > 0) await this.#connection.pause(attempt - 1, deadline, failure, CROWDED_PAUSE_MS);
    }
  }

  /** Sends a write, and takes over what was written. */
  async #write(
    parts: readonly Part[],
    changes: Changes,
    token: string,
    writes: readonly Statement[],
  ): Promise<Written> {
    // What others wrote is not read here: a file is locked while a batch runs.
    const looks = this.#reader.looks(parts);
    const sent = await this.#connection.send('write', [...looks.statements, ...writes, READ_META]);
    if (sent.status === 'failed') return sent;
    const meta = sent.answers.at(-1)?.[0];
    if (meta?.['token'] !== token) return { status: 'overtaken' };
    this.#reader.wrote(changes);
    looks.follow(sent.answers.slice(0, looks.statements.length), meta, changes);
    return { status: 'taken' };
  }

  /** Settles the write that was taken although its answer was lost, if there is one. */
  async #takenOf(
    unsure: ReadonlyMap<string, () => void>,
    deadline: number,
  ): Promise<(() => void) | undefined> {
    const tokens = JSON.stringify([...unsure.keys()]);
    const find = statement(
      sql`SELECT token FROM ${stateEpoch} WHERE token IN (SELECT value FROM json_each(${tokens}))`,
    );
    const [rows = []] = await this.#connection.read([find], deadline);
    return unsure.get(String(rows[0]?.['token']));
  }
}
