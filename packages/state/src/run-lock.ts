import type { Instant } from '@seeknal/intervals';

import type { StateLock } from './backend.ts';
import type { DocumentStore } from './document-store.ts';
import { StateError } from './errors.ts';
import { releaseLock, renewLock, takeLock } from './lock-steps.ts';

/** Between two attempts at a lock that is held. */
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 250;

export interface LockWish {
  readonly name: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly timeoutMs: number;
}

/** @throws `STATE_LOCK_HELD` when another keeps it for `timeoutMs`. */
export async function waitForLock(store: DocumentStore, wish: LockWish): Promise<StateLock> {
  const { name, holder, leaseMs, timeoutMs } = wish;
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = SHORTEST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    const answer = await store.step(takeLock(name, holder, leaseMs));
    if (answer.status === 'taken') return stateLock(store, wish, answer.fence, answer.expiresAt);
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw held(wish, answer.holder, answer.expiresAt);
    // Uneven, so that those who wait do not come in step.
    await pause(Math.min(waitMs * (0.5 + Math.random()), leftMs));
  }
}

function stateLock(
  store: DocumentStore,
  { name, holder, leaseMs }: LockWish,
  fence: number,
  until: Instant,
): StateLock {
  let expiresAt = until;
  return {
    name,
    holder,
    fence,
    get expiresAt() {
      return expiresAt;
    },
    renew: async () => {
      const renewed = await store.step(renewLock(name, fence, leaseMs));
      if (renewed === null) {
        throw new StateError(
          'STATE_LOCK_LOST',
          `The lock ${name} was lost: it expired and another took it, or it was released`,
          'Stop: another holder may be at work.',
        );
      }
      expiresAt = renewed;
    },
    release: () => store.step(releaseLock(name, fence)),
  };
}

const held = ({ name, timeoutMs }: LockWish, holder: string, expiresAt: Instant): StateError =>
  new StateError(
    'STATE_LOCK_HELD',
    `The lock ${name} is held by ${holder} until ${new Date(expiresAt).toISOString()}; waited ${timeoutMs} ms`,
    'Wait for the holder to finish, or give a longer timeout.',
  );

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
