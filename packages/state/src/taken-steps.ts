import { canonicalJson, type Json } from '@seeknal/manifest';

import { StateError } from './errors.ts';
import type { ScopedEvent, Step, StepContext } from './step.ts';

/** A step of a transaction, and the outcome that was shown for it. */
export interface TakenStep {
  readonly step: Step<unknown>;
  /** As `shownAnswer` writes it. */
  readonly answer: string;
}

/** What a step answered, as a text that equal answers share. */
export const shownAnswer = (answer: unknown): string => canonicalJson((answer ?? null) as Json);

/**
 * The steps of a transaction as one.
 *
 * @throws {StateError} `STATE_TRANSACTION_CONFLICT`, when it is taken and a step has another outcome than was shown.
 */
export function takenTogether(taken: readonly TakenStep[], context: StepContext): Step<void> {
  return (document) => {
    let after = document;
    const own: StepContext = { ...context, owned: new WeakSet() };
    const events: ScopedEvent[] = [];
    for (const { step, answer } of taken) {
      const stepped = step(after, own);
      if (shownAnswer(stepped.answer) !== answer) throw transactionConflict();
      after = stepped.document;
      events.push(...stepped.events);
    }
    return { document: after, answer: undefined, events };
  };
}

export const transactionConflict = (): StateError =>
  new StateError(
    'STATE_TRANSACTION_CONFLICT',
    'The state was changed by someone else while the transaction was prepared; nothing of it was written',
    'Run the transaction again.',
  );
