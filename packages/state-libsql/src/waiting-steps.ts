import type { ScopedEvent, StateDocument, Step } from '@seeknal/state';

import type { Focus } from './focus.ts';
import type { Moment } from './reader.ts';

/** A step or a read that waits for its turn, and whoever waits for its answer. */
export interface Waiting {
  readonly focus: Focus;
  /** Null: a read, answered with the document. */
  readonly step: Step<unknown> | null;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch of steps comes to on one document. */
export interface Outcome {
  readonly document: StateDocument;
  readonly events: readonly ScopedEvent[];
  /** Gives everybody their answer or their error. */
  readonly settle: () => void;
  readonly hasFailed: boolean;
}

/** Takes the steps on a moment, one after the other; nobody has an answer yet. */
export function applied(
  moment: Moment,
  batch: readonly Waiting[],
  clock: (() => number) | undefined,
): Outcome {
  const context = { now: clock?.() ?? moment.now, isGone: () => false, owned: new WeakSet() };
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
