import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Client } from '@libsql/client';
import { StateError } from '@seeknal/state';

import { errorOf, failureOf, type Failure } from './connection-failure.ts';
import type { Target } from './database-url.ts';
import type { Row, Statement } from './statement.ts';

export interface ConnectionOptions {
  /** A request that takes longer is given up. */
  readonly requestMs: number;
  /** How long a file that others write is waited for, within one request. */
  readonly busyMs: number;
}

/** The rows that each statement of a batch answered. */
export type Answers = readonly (readonly Row[])[];

/** How a batch ended; one that failed may still have been taken, except when it was `busy`. */
export type Sent =
  | { readonly status: 'answered'; readonly answers: Answers }
  | { readonly status: 'failed'; readonly failure: Failure };

/** Pauses between attempts grow from the first to the second. */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2000;
/** A process that was stopped for longer than its deadline tries again all the same. */
const LEAST_PAUSES = 3;

/**
 * A connection to one database that sends batches, one at a time: each is one transaction, and none stays open
 * between two of them. It is made when first used.
 */
export class Connection {
  readonly target: Target;
  readonly #options: ConnectionOptions;
  #client: Client | undefined;
  #isClosed = false;
  /** A database that was waited for in vain is asked once for each step, until it answers. */
  #isGone = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: Target, options: ConnectionOptions) {
    this.target = target;
    this.#options = options;
  }

  /**
   * Sends reads, and again while it may help, until the deadline.
   *
   * @param deadline By `performance.now()`.
   */
  async read(statements: readonly Statement[], deadline: number): Promise<Answers> {
    for (let attempt = 0; ; attempt += 1) {
      const sent = await this.send('read', statements);
      if (sent.status === 'answered') return sent.answers;
      if (sent.failure.kind === 'final') throw errorOf(sent.failure);
      await this.pause(attempt, deadline, sent.failure);
    }
  }

  /** Sends one batch once. */
  send(mode: 'read' | 'write', statements: readonly Statement[]): Promise<Sent> {
    const sent = this.#last.then(() => this.#send(mode, statements));
    this.#last = sent;
    return sent;
  }

  /** @throws {StateError} What the failure says, when the deadline is over. */
  async pause(
    attempt: number,
    deadline: number,
    failure: Failure,
    longestMs: number = LONGEST_PAUSE_MS,
  ): Promise<void> {
    const longest = Math.min(SHORTEST_PAUSE_MS * 2 ** attempt, longestMs);
    // Uneven, so that those who were in each other's way do not meet again.
    const ms = longest * Math.random();
    const isOver = attempt >= LEAST_PAUSES && performance.now() + ms > deadline;
    if (failure.kind === 'passing') this.#isGone ||= isOver;
    if (isOver || this.#isGone) throw errorOf(failure);
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }

  /** Has readers and writers of a file not wait for each other; the file remembers it. */
  async useWriteAheadLog(): Promise<void> {
    if (this.target.kind !== 'file') return;
    await this.#last;
    // Where another process is in the way, one of the next to open the state succeeds.
    await this.#client?.execute('PRAGMA journal_mode = WAL').catch(() => this.#drop());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    this.#drop();
  }

  #drop(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  async #send(mode: 'read' | 'write', statements: readonly Statement[]): Promise<Sent> {
    if (this.#isClosed) {
      throw new StateError('STATE_UNREACHABLE', `The state ${this.target.label} is closed`, 'Open it again.');
    }
    try {
      this.#client ??= await this.#open();
      const results = await this.#client.batch([...statements], mode);
      this.#isGone = false;
      return { status: 'answered', answers: results.map(({ rows }) => rows) };
    } catch (error) {
      const secret = this.target.kind === 'server' ? this.target.token : null;
      const failure = failureOf(error, this.target.label, secret);
      // After an error a connection to a file may stay in a transaction that it no longer knows of.
      this.#drop();
      return { status: 'failed', failure };
    }
  }

  async #open(): Promise<Client> {
    const { target } = this;
    const { requestMs, busyMs } = this.#options;
    if (target.kind === 'server') {
      const { createClient } = await import('@libsql/client/http');
      return createClient({
        url: target.url,
        ...(target.token !== null && { authToken: target.token }),
        fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(requestMs) }),
      });
    }
    await mkdir(dirname(target.path), { recursive: true });
    const { createClient } = await import('@libsql/client/sqlite3');
    return createClient({ url: target.url, timeout: busyMs, concurrency: 1 });
  }
}
