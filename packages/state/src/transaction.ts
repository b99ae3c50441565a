import type { DocumentStore } from './document-store.ts';
import type { StateDocument } from './state-document.ts';
import type { Step, StepContext } from './step.ts';
import { shownAnswer, takenTogether, type TakenStep } from './taken-steps.ts';

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
  const taken: TakenStep[] = [];
  return {
    store: {
      description: base.description,
      initialize: () => Promise.resolve(),
      read: () => Promise.resolve(shown),
      step: async (step) => {
        await Promise.resolve();
        const { document, answer } = step(shown, own);
        if (document !== shown) taken.push({ step, answer: shownAnswer(answer) });
        shown = document;
        return answer;
      },
      // Named by what they say, so that one left behind does no harm.
      texts: base.texts,
      events: (scope, filter) => base.events(scope, filter),
      close: () => Promise.resolve(),
    },
    asStep: () => takenTogether(taken, context),
  };
}
