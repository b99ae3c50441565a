import { randomUUID } from 'node:crypto';

import { EMPTY_DOCUMENT, type DocumentStore, type ScopedEvent, type Step, StateError } from '@seeknal/state';

import { unwritable, type Disk } from './disk.ts';
import { logEvents, loggedEvents } from './event-log.ts';
import { isGone, releaseFileLock, takeFileLock } from './file-lock.ts';
import { currentHeader, publish } from './publish.ts';
import { fileTexts } from './file-texts.ts';
import type { StateFiles } from './state-files.ts';
import { damaged, readStateText, stateText, type StateContent, type StatePayload } from './state-text.ts';

export interface FileStoreOptions {
  /** The state file as messages name it. */
  readonly label: string;
  readonly files: StateFiles;
  readonly disk: Disk;
  readonly clock: () => number;
  readonly staleMs: number;
  readonly timeoutMs: number;
}

/** A step that waits for its turn, and those who wait for its answer. */
interface Waiting {
  readonly apply: Step<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: StateContent = {
  epoch: 0,
  checksum: '',
  payload: { document: EMPTY_DOCUMENT, events: { count: 0, newest: [] } },
};

/** One document in one file. Steps that wait at the same time are written together. */
export function fileStore({
  label,
  files,
  disk,
  clock,
  staleMs,
  timeoutMs,
}: FileStoreOptions): DocumentStore {
  let queue: Waiting[] = [];
  let working: Promise<void> | null = null;
  let isClosed = false;
  let known: StateContent = NOTHING;

  /** The newest content; read from the disk only when another process has written since. */
  async function load(): Promise<StateContent> {
    const header = await currentHeader(disk, files);
    if (header === null) {
      if ((await disk.stat(files.previous)) !== null)
        throw damaged(files.state, 'it is gone, its previous copy is there');
      known = NOTHING;
    } else if (header.epoch !== known.epoch || header.checksum !== known.checksum) {
      const text = await disk.read(files.state);
      known = text === null ? NOTHING : readStateText(text, files.state);
    }
    return known;
  }

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const token = randomUUID();
      let batch: readonly Waiting[] = [];
      try {
        await disk.makeFolder(files.workshop);
        await takeFileLock(disk, { path: files.lock, token, staleMs, timeoutMs });
        batch = queue;
        queue = [];
        await takeSteps(batch, token);
      } catch (error) {
        const failed = batch.length > 0 ? batch : queue;
        if (failed === queue) queue = [];
        for (const { reject } of failed) reject(unwritable(files.state, error));
      } finally {
        await releaseFileLock(disk, files.lock, token).catch(() => undefined);
      }
    }
    // In the same breath as the queue was found empty: a step that comes a moment later must start anew.
    working = null;
  }

  /** Takes all steps and settles each; throws, having settled none, when the disk fails. */
  async function takeSteps(batch: readonly Waiting[], token: string): Promise<void> {
    for (;;) {
      const before = await load();
      const { payload, settle } = applied(before.payload, batch, clock());
      if (payload === before.payload) return settle();
      // What the writer before could not log any more is logged first, so that the numbers stay in order.
      await logEvents(disk, files.events, before.payload.events.count, before.payload.events.newest);
      const { epoch, checksum, text } = stateText(before.epoch + 1, payload);
      if (await publish(disk, files, epoch, text, token)) {
        known = { epoch, checksum, payload };
        settle();
        await logEvents(disk, files.events, payload.events.count, payload.events.newest).catch(
          () => undefined,
        );
        return;
      }
    }
  }

  return {
    description: `file ${label}`,
    initialize: async () => {
      try {
        await disk.makeFolder(files.workshop);
      } catch (error) {
        throw unwritable(files.folder, error);
      }
      await load();
    },
    read: async () => (await load()).payload.document,
    step: <T>(step: Step<T>) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) {
          reject(new StateError('STATE_UNREACHABLE', `The state ${files.state} is closed`, 'Open it again.'));
          return;
        }
        queue.push({ apply: step, resolve: resolve as (answer: unknown) => void, reject });
        working ??= work();
      }),
    events: async (scope, filter) => {
      const { events } = (await load()).payload;
      await logEvents(disk, files.events, events.count, events.newest).catch(() => undefined);
      return loggedEvents(disk, files.events, scope, filter);
    },
    texts: fileTexts(disk, files),
    close: async () => {
      isClosed = true;
      await working;
    },
  };
}

/** The payload after all steps that succeed; `settle` gives everybody their answer or their error. */
function applied(
  before: StatePayload,
  batch: readonly Waiting[],
  now: number,
): { readonly payload: StatePayload; readonly settle: () => void } {
  let { document } = before;
  const newest: ScopedEvent[] = [];
  const settlements: (() => void)[] = [];
  for (const { apply, resolve, reject } of batch) {
    try {
      const stepped = apply(document, { now, isGone });
      document = stepped.document;
      newest.push(...stepped.events);
      settlements.push(() => resolve(stepped.answer));
    } catch (error) {
      settlements.push(() => reject(error));
    }
  }
  const payload =
    document === before.document
      ? before
      : {
          document,
          events: {
            count: before.events.count + newest.length,
            newest: newest.length > 0 ? newest : before.events.newest,
          },
        };
  return {
    payload,
    settle: () => {
      for (const settleOne of settlements) settleOne();
    },
  };
}
