import type { StateBackend } from './backend.ts';
import { DocumentBackend } from './document-backend.ts';
import type { DocumentStore, StoreOptions } from './document-store.ts';
import { StateError } from './errors.ts';
import { EMPTY_DOCUMENT, scopeKey } from './state-document.ts';
import type { ScopedEvent } from './step.ts';

/** Events remembered at most; the oldest are forgotten first. */
const EVENTS_KEPT = 100_000;

/** State that lives as long as the object: for tests, dry runs and programs that keep nothing. */
export const memoryBackend = (options: StoreOptions = {}): StateBackend =>
  new DocumentBackend(memoryStore(options), options);

/** Steps are taken without waiting in between, which is all the atomicity one process needs. */
function memoryStore({ clock = Date.now }: StoreOptions): DocumentStore {
  let document = EMPTY_DOCUMENT;
  let isClosed = false;
  const history: ScopedEvent[] = [];
  const texts = new Map<string, string>();
  const open = async (): Promise<void> => {
    await Promise.resolve();
    if (isClosed) throw new StateError('STATE_UNREACHABLE', 'The in-memory state is closed', 'Open another.');
  };
  return {
    description: 'memory',
    initialize: open,
    read: async () => {
      await open();
      return document;
    },
    step: async (step) => {
      await open();
      const stepped = step(document, { now: clock(), isGone: () => false });
      document = stepped.document;
      for (const event of stepped.events) history.push(event);
      if (history.length > EVENTS_KEPT) history.splice(0, history.length - EVENTS_KEPT);
      return stepped.answer;
    },
    events: async (scope, { snapshot, limit }) => {
      await open();
      const key = scopeKey(scope);
      return history
        .filter(
          (past) => scopeKey(past) === key && (snapshot === undefined || past.event.snapshot === snapshot),
        )
        .map(({ event }) => event)
        .toReversed()
        .slice(0, limit);
    },
    texts: {
      write: async (id, text) => {
        await open();
        texts.set(id, text);
      },
      read: async (id) => {
        await open();
        return texts.get(id) ?? null;
      },
      remove: async (id) => {
        await open();
        texts.delete(id);
      },
    },
    close: async () => {
      isClosed = true;
      await Promise.resolve();
    },
  };
}
