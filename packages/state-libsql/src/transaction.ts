import { canonicalJson, type Json } from '@seeknal/manifest';
import {
  StateError,
  type DocumentStore,
  type ScopedEvent,
  type StateDocument,
  type Step,
  type StepContext,
} from '@seeknal/state';

import type { DatabaseStore } from './database-store.ts';
import { joined, type Focus, type Part } from './focus.ts';
import type { Moment } from './reader.ts';

/** Read when a transaction begins. Other parts follow when asked for, if nobody has written them since. */
const BEGINNING: Focus = { parts: [{ kind: 'runs' }, { kind: 'locks' }], usesClock: true };

/** A step, what it has to do with, and the answer that was shown for it. */
interface Taken {
  readonly step: Step<unknown>;
  readonly focus: Focus;
  readonly answer: string;
}

/** Collects steps and shows their effect without taking them; `commit` takes them all in one. */
export class Transaction {
  readonly #store: DatabaseStore;
  readonly #context: StepContext;
  readonly #epoch: number;
  readonly #read = new Set<string>();
  readonly #taken: Taken[] = [];
  #shown: StateDocument;

  private constructor(store: DatabaseStore, start: Moment, now: number) {
    this.#store = store;
    this.#shown = start.document;
    this.#epoch = start.basis.epoch;
    this.#context = { now, isGone: () => false, owned: new WeakSet() };
  }

  /** @param clock In place of the server's. */
  static async begin(store: DatabaseStore, clock: (() => number) | undefined): Promise<Transaction> {
    const start = await store.moment(BEGINNING);
    return new Transaction(store, start, clock?.() ?? start.now);
  }

  focused(focus: Focus): DocumentStore {
    const base = this.#store.focused(focus);
    return {
      ...base,
      initialize: () => Promise.resolve(),
      read: async () => {
        await this.#see(focus);
        return this.#shown;
      },
      step: async (step) => {
        await this.#see(focus);
        const { document, answer } = step(this.#shown, this.#context);
        if (document !== this.#shown) this.#taken.push({ step, focus, answer: textOf(answer) });
        this.#shown = document;
        return answer;
      },
      close: () => Promise.resolve(),
    };
  }

  /** @throws {StateError} `STATE_TRANSACTION_CONFLICT` when a step would have another outcome than was shown. */
  async commit(): Promise<void> {
    if (this.#taken.length === 0) return;
    const focus = joined(this.#taken.map((taken) => taken.focus));
    await this.#store.focused({ ...focus, usesClock: true }).step((document) => {
      let after = document;
      const events: ScopedEvent[] = [];
      const context = { ...this.#context, owned: new WeakSet() };
      for (const { step, answer } of this.#taken) {
        const stepped = step(after, context);
        if (textOf(stepped.answer) !== answer) throw conflict();
        after = stepped.document;
        events.push(...stepped.events);
      }
      return { document: after, answer: undefined, events };
    });
  }

  async #see({ parts }: Focus): Promise<void> {
    for (const part of parts) {
      const wider = widened(part);
      const key = JSON.stringify(wider);
      if (wider === null || this.#read.has(key)) continue;
      const { document, basis } = await this.#store.moment({ parts: [wider], usesClock: false });
      if (basis.newest > this.#epoch) throw conflict();
      const { nodes, scopes } = this.#shown;
      this.#shown = {
        ...this.#shown,
        nodes: { ...document.nodes, ...nodes },
        scopes: { ...document.scopes, ...scopes },
      };
      this.#read.add(key);
    }
  }
}

/** What is read for a part: null where it is there from the beginning. */
function widened(part: Part): Part | null {
  switch (part.kind) {
    case 'runs':
    case 'run':
    case 'locks':
      return null;
    case 'node':
      return { kind: 'nodes', run: part.run };
    case 'scope':
      return { ...part, only: null };
    case 'nodes':
    case 'manifests':
    case 'everything':
      return part;
  }
}

const textOf = (answer: unknown): string => canonicalJson((answer ?? null) as Json);

const conflict = (): StateError =>
  new StateError(
    'STATE_TRANSACTION_CONFLICT',
    'The state was changed by someone else while the transaction was prepared; nothing of it was written',
    'Run the transaction again.',
  );
