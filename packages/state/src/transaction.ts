import { canonicalJson, type Json } from '@seeknal/manifest';

import type { DocumentStore } from './document-store.ts';
import { StateError } from './errors.ts';
import type { StateDocument } from './state-document.ts';
import type { ScopedEvent, Step, StepContext } from './step.ts';

export interface Transaction {
  /** Reads the document as it was, with the steps taken through it; writes nothing. */
  readonly store: DocumentStore;
  /** All steps taken so far, as one. */
  readonly asStep: () => Step<void>;
}

/**
 * Collects steps and shows their effect without taking them. Taken together later, each must have the
 * outcome it was shown with.
 */
export function beginTransaction(
  base: DocumentStore,
  start: StateDocument,
  context: StepContext,
): Transaction {
  let shown = start;
  const own: StepContext = { ...context, owned: new WeakSet() };
  const taken: { readonly step: Step<unknown>; readonly answer: string }[] = [];
  return {
    store: {
      description: base.description,
      initialize: () => Promise.resolve(),
      read: () => Promise.resolve(shown),
      step: async (step) => {
        await Promise.resolve();
        const { document, answer } = step(shown, own);
        if (document !== shown) taken.push({ step, answer: textOf(answer) });
        shown = document;
        return answer;
      },
      // Named by what they say, so that one left behind does no harm.
      texts: base.texts,
      events: (scope, filter) => base.events(scope, filter),
      close: () => Promise.resolve(),
    },
    asStep: () => (document) => {
      let after = document;
      const again: StepContext = { ...context, owned: new WeakSet() };
      const events: ScopedEvent[] = [];
      for (const { step, answer } of taken) {
        const stepped = step(after, again);
        if (textOf(stepped.answer) !== answer) throw conflict();
        after = stepped.document;
        events.push(...stepped.events);
      }
      return { document: after, answer: undefined, events };
    },
  };
}

const textOf = (answer: unknown): string => canonicalJson((answer ?? null) as Json);

const conflict = (): StateError =>
  new StateError(
    'STATE_TRANSACTION_CONFLICT',
    'The state was changed by someone else while the transaction was prepared; nothing of it was written',
    'Run the transaction again.',
  );
