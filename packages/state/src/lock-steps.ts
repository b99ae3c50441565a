import type { Instant } from '@seeknal/intervals';

import { entry, type LockEntry, type StateDocument } from './state-document.ts';
import type { Step, StepContext } from './step.ts';

/** A lock is `taken` by the asker, or still `held` by another. */
export type LockAnswer =
  | { readonly status: 'taken'; readonly fence: number; readonly expiresAt: Instant }
  | { readonly status: 'held'; readonly holder: string; readonly expiresAt: Instant };

export function takeLock(name: string, holder: string, leaseMs: number): Step<LockAnswer> {
  return (document, context) => {
    const held = entry(document.locks, name);
    if (held && !isOver(held, context)) {
      return {
        document,
        answer: { status: 'held', holder: held.holder, expiresAt: held.expiresAt },
        events: [],
      };
    }
    const fence = document.lockFence + 1;
    const expiresAt = context.now + leaseMs;
    const locks = { ...document.locks, [name]: { holder, fence, expiresAt } };
    return {
      document: { ...document, locks, lockFence: fence },
      answer: { status: 'taken', fence, expiresAt },
      events: [],
    };
  };
}

/** Answers when the lock ends now; null when it is another's, or nobody's. An expired one can be renewed. */
export function renewLock(name: string, fence: number, leaseMs: number): Step<Instant | null> {
  return (document, { now }) => {
    const held = entry(document.locks, name);
    if (held?.fence !== fence) return { document, answer: null, events: [] };
    const expiresAt = now + leaseMs;
    const locks = { ...document.locks, [name]: { ...held, expiresAt } };
    return { document: { ...document, locks }, answer: expiresAt, events: [] };
  };
}

export function releaseLock(name: string, fence: number): Step<void> {
  return (document) => ({
    document: entry(document.locks, name)?.fence === fence ? withoutLock(document, name) : document,
    answer: undefined,
    events: [],
  });
}

const isOver = ({ holder, expiresAt }: LockEntry, { now, isGone }: StepContext): boolean =>
  expiresAt <= now || isGone(holder);

function withoutLock(document: StateDocument, name: string): StateDocument {
  const { [name]: _released, ...locks } = document.locks;
  return { ...document, locks };
}
