import type { DuckDBConnection } from '@duckdb/node-api';
import { EngineError, type QueryResult } from '@seeknal/engine';

import { engineFailure, type FailureContext } from './failures.ts';
import { queryRows } from './query-rows.ts';

/** What this package's own queries return. */
export type Scalar = string | number | boolean | null;

/** One connection for one piece of work: its temporary tables, variables and catalogue end with it. */
export class Session {
  readonly connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;
  #queued = '';

  constructor(connection: DuckDBConnection, signal?: AbortSignal) {
    this.connection = connection;
    this.#signal = signal;
  }

  /**
   * Runs a statement along with the next one: a trip to the engine is a trip through Node's thread pool.
   * Its failure is told as one of that statement, so only what does not fail belongs here.
   */
  queue(sql: string): void {
    this.#queued += `${sql};\n`;
  }

  /** @throws {EngineError} whatever DuckDB says, made readable; `ENGINE_CANCELLED` once the signal is aborted. */
  async run(sql: string, context?: FailureContext): Promise<void> {
    await this.#send(sql, (all) => this.connection.run(all), context);
  }

  /** Rows as JSON-safe values: 64-bit numbers, decimals and times are text. */
  async rows(sql: string, context?: FailureContext): Promise<readonly (readonly Scalar[])[]> {
    const reader = await this.#send(sql, (all) => this.connection.runAndReadAll(all), context);
    // The queries of this package ask for numbers, texts and booleans only.
    return reader.getRowsJson() as Scalar[][];
  }

  /** The first row; for queries that always return one. */
  async row(sql: string, context?: FailureContext): Promise<readonly Scalar[]> {
    return (await this.rows(sql, context))[0] ?? [];
  }

  /** Reads at most `limit` rows and whether there are more; the engine computes few beyond them. */
  async read(sql: string, limit: number, context?: FailureContext): Promise<QueryResult> {
    return this.#interruptible(async () => {
      const reader = await this.connection.streamAndReadUntil(sql, limit + 1);
      const types = reader.columnTypes().map(String);
      const rows = reader.getRowsJson();
      return {
        columns: reader.columnNames().map((name, index) => ({ name, type: types[index] ?? '' })),
        rows: queryRows(rows.slice(0, limit), types),
        truncated: rows.length > limit,
      };
    }, context);
  }

  /** Runs `work` between BEGIN and COMMIT. Whatever fails, COMMIT too, ends in ROLLBACK. */
  async transaction<T>(work: () => Promise<T>, begin = 'BEGIN TRANSACTION'): Promise<T> {
    this.queue(begin);
    try {
      const result = await work();
      if (this.#queued !== '') await this.run('SELECT 1');
      // Not interruptible: either the commit is refused, or it counts and the caller must hear of it.
      await this.connection.run('COMMIT').catch((error: unknown) => {
        throw engineFailure(error);
      });
      return result;
    } catch (error) {
      this.#queued = '';
      // After a failed COMMIT, or before BEGIN was sent, there is nothing to roll back, and DuckDB says so.
      await this.connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Sends a statement with those queued before it; positions in failures are those of the statement alone. */
  #send<T>(sql: string, work: (all: string) => Promise<T>, context?: FailureContext): Promise<T> {
    const queued = this.#queued;
    this.#queued = '';
    const bytes = Buffer.byteLength(queued);
    const offsetOf = (position: number): number | undefined =>
      position < bytes ? undefined : context?.offsetOf?.(position - bytes);
    return this.#interruptible(() => work(queued + sql), { ...context, offsetOf });
  }

  /** Asked again after every wait: the compiler would take the first answer for the last. */
  #isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Interrupts the running query while the signal is aborted. */
  async #interruptible<T>(work: () => Promise<T>, context?: FailureContext): Promise<T> {
    const signal = this.#signal;
    if (this.#isAborted()) throw cancelled();
    let again: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      this.connection.interrupt();
      // An interrupt that arrives before the query has begun is lost.
      again ??= setInterval(() => this.connection.interrupt(), 5);
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return await work();
    } catch (error) {
      throw this.#isAborted() ? cancelled(error) : engineFailure(error, context);
    } finally {
      clearInterval(again);
      signal?.removeEventListener('abort', interrupt);
    }
  }
}

export const cancelled = (cause?: unknown): EngineError =>
  new EngineError('ENGINE_CANCELLED', 'The work was cancelled.', cause === undefined ? {} : { cause });
