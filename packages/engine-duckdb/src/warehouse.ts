import type { DuckDBInstance } from '@duckdb/node-api';
import { EngineError } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';

import type { KeyedLock } from './keyed-lock.ts';
import type { Layout } from './layout.ts';
import { Session } from './session.ts';

/** An open warehouse, as the functions of this package pass it around. */
export interface Warehouse {
  readonly instance: DuckDBInstance;
  readonly layout: Layout;
  /** Digests are comparable only under the same one. */
  readonly engineVersion: string;
  readonly clock: () => Instant;
  /** Publishes to one snapshot, one at a time, by its id. */
  readonly publishing: KeyedLock;
  /** Aborts whatever runs when the engine closes. */
  readonly closing: AbortSignal;
  /** For the length of one task: the caller's last word before its rows are published. */
  readonly beforePublish?: () => Promise<void>;
}

/** Runs `work` on a connection of its own, interrupted by `signal` or by the engine's closing. */
export async function withSession<T>(
  { instance, closing }: Warehouse,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (closing.aborted) throw new EngineError('ENGINE_CLOSED', 'The engine is closed.');
  const connection = await instance.connect();
  try {
    return await work(
      new Session(connection, signal === undefined ? closing : AbortSignal.any([signal, closing])),
    );
  } finally {
    connection.closeSync();
  }
}

/** Repeats what a conflict with another writer undid, with a growing, jittered pause. */
export async function retryConflicts<T>(work: () => Promise<T>, attempts = 12): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ENGINE_CONFLICT' || attempt === attempts)
        throw error;
      const pauseMs = Math.random() * Math.min(200, 2 ** attempt);
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  }
}
