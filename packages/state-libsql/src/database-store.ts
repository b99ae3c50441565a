import { randomUUID } from 'node:crypto';

import {
  StateError,
  type DocumentStore,
  type ScopedEvent,
  type StateDocument,
  type Step,
} from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { changesBetween } from './changes.ts';
import { errorOf } from './connection-failure.ts';
import type { Connection } from './connection.ts';
import { listEvents } from './event-rows.ts';
import { joined, type Focus } from './focus.ts';
import { migrate } from './migrate.ts';
import { crowded, Reader, type Moment } from './reader.ts';
import { stateWrite } from './schema.ts';
import { statement } from './statement.ts';
import { textsOf } from './text-rows.ts';
import { writeStatements } from './write-statements.ts';

/** Whoever was overtaken tries again soon: what the others wrote came with the answer. */
const CROWDED_PAUSE_MS = 150;

export interface DatabaseStoreOptions {
  /** In place of the server's clock. */
  readonly clock: (() => number) | undefined;
  /** How long a step is tried for while the state does not answer or others are in the way. */
  readonly timeoutMs: number;
}

/** A step or a read that waits for its turn, and whoever waits for its answer. */
interface Waiting {
  readonly focus: Focus;
  /** Null: a read, answered with the document. */
  readonly step: Step<unknown> | null;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch of steps comes to on one document. */
interface Outcome {
  readonly document: StateDocument;
  readonly events: readonly ScopedEvent[];
  /** Gives everybody their answer or their error. */
  readonly settle: () => void;
  readonly hasFailed: boolean;
}

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
    this.#reader = new Reader(connection);
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
    const deadline = this.#deadline();
    /** Writes whose answers were lost. */
    const unsure = new Map<string, () => void>();
    const isReading = batch.some(({ step }) => step === null);
    let moment = usesClock || isReading ? null : this.#reader.remembered(parts);
    for (let attempt = 0; ; attempt += 1) {
      moment ??= await this.#reader.read(parts, deadline);
      const taken = unsure.size > 0 ? await this.#takenOf(unsure, deadline) : undefined;
      if (taken) return taken();
      const outcome = applied(moment, batch, this.#options.clock);
      const changes = changesBetween(moment.document, outcome.document, outcome.events, parts);
      // What is remembered may be old; only what the server says is an answer.
      if (moment.now === null && (changes === null || outcome.hasFailed)) {
        moment = null;
        continue;
      }
      if (changes === null) return outcome.settle();
      const token = randomUUID();
      const tail = this.#reader.tail(parts, token);
      const writes = writeStatements(changes, moment.basis, token);
      const sent = await this.#connection.send('write', [...writes, ...tail.statements]);
      moment = null;
      if (sent.status === 'failed') {
        if (sent.failure.kind === 'final') throw errorOf(sent.failure);
        if (sent.failure.kind === 'passing') unsure.set(token, outcome.settle);
        await this.#connection.pause(attempt, deadline, sent.failure);
        continue;
      }
      const meta = sent.answers[writes.length]?.[0];
      if (meta?.['token'] === token) {
        this.#reader.wrote(changes);
        tail.take(sent.answers.slice(writes.length));
        return outcome.settle();
      }
      // Somebody was faster. What they wrote came with the answer.
      moment = tail.take(sent.answers.slice(writes.length));
      const failure = crowded(this.#connection.target.label);
      if (attempt > 0) await this.#connection.pause(attempt - 1, deadline, failure, CROWDED_PAUSE_MS);
    }
  }

  /** Settles the write that was taken although its answer was lost, if there is one. */
  async #takenOf(
    unsure: ReadonlyMap<string, () => void>,
    deadline: number,
  ): Promise<(() => void) | undefined> {
    const tokens = JSON.stringify([...unsure.keys()]);
    const find = statement(
      sql`SELECT token FROM ${stateWrite} WHERE token IN (SELECT value FROM json_each(${tokens}))`,
    );
    const [rows = []] = await this.#connection.read([find], deadline);
    return unsure.get(String(rows[0]?.['token']));
  }
}

function applied(moment: Moment, batch: readonly Waiting[], clock: (() => number) | undefined): Outcome {
  const context = { now: clock?.() ?? moment.now ?? 0, isGone: () => false };
  let { document } = moment;
  const events: ScopedEvent[] = [];
  const settlements: (() => void)[] = [];
  let hasFailed = false;
  for (const { step, resolve, reject } of batch) {
    if (step === null) {
      settlements.push(() => resolve(moment.document));
      continue;
    }
    try {
      const stepped = step(document, context);
      document = stepped.document;
      events.push(...stepped.events);
      settlements.push(() => resolve(stepped.answer));
    } catch (error) {
      hasFailed = true;
      settlements.push(() => reject(error));
    }
  }
  const settle = (): void => {
    for (const settleOne of settlements) settleOne();
  };
  return { document, events, settle, hasFailed };
}
