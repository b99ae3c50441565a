import {
  shownAnswer,
  takenTogether,
  transactionConflict,
  type DocumentStore,
  type StateDocument,
  type StepContext,
  type TakenStep,
} from '@seeknal/state';

import type { DatabaseStore } from './database-store.ts';
import { joined, type Focus, type Part } from './focus.ts';
import type { Moment } from './reader.ts';

/** Read when a transaction begins. Other parts follow when asked for, if nobody has written them since. */
const BEGINNING: Focus = { parts: [{ kind: 'runs' }, { kind: 'locks' }], usesClock: true };

/** A step that was taken, and what it has to do with. */
interface Taken extends TakenStep {
  readonly focus: Focus;
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
        if (document !== this.#shown) this.#taken.push({ step, focus, answer: shownAnswer(answer) });
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
    await this.#store.focused({ ...focus, usesClock: true }).step(takenTogether(this.#taken, this.#context));
  }

  async #see({ parts }: Focus): Promise<void> {
    for (const part of parts) {
      const wider = widened(part);
      const key = JSON.stringify(wider);
      if (wider === null || this.#read.has(key)) continue;
      const { document, basis } = await this.#store.moment({ parts: [wider], usesClock: false });
      if (basis.newest > this.#epoch) throw transactionConflict();
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
