import type { Instant } from '@seeknal/intervals';

import type { IntervalEvent, ScopedState } from './scoped-state.ts';
import type { ScopeName, StateDocument } from './state-document.ts';
import type { Step } from './step.ts';

export type EventFilter = NonNullable<Parameters<ScopedState['events']>[0]>;

/** Keeps one state document and lets it be changed one step at a time: all that differs between backends. */
export interface DocumentStore {
  readonly description: string;
  initialize(): Promise<void>;
  /** The document as of some moment after the call. */
  read(): Promise<StateDocument>;
  /** Applies the step to the newest document while no one else can, and answers once it is kept for good. */
  step<T>(step: Step<T>): Promise<T>;
  /** Newest first. */
  events(scope: ScopeName, filter: EventFilter): Promise<readonly IntervalEvent[]>;
  /** Texts by id, kept beside the document. Writing one again is harmless. */
  readonly texts: {
    write(id: string, text: string): Promise<void>;
    read(id: string): Promise<string | null>;
    remove(id: string): Promise<void>;
  };
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The state's clock; leases end by it. Default: this machine's. */
  readonly clock?: () => Instant;
  /** Who takes locks, for messages. Default: `host:pid`. */
  readonly holder?: string;
  /** How long a lock lasts without renewal. Default: 30,000. */
  readonly lockLeaseMs?: number;
}

/** Events listed when no limit is given. */
export const EVENTS_LISTED = 1000;
