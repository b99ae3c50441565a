import type { Instant } from '@seeknal/intervals';

import type { StateBackend } from '../backend.ts';
import type { ScopedState } from '../scoped-state.ts';
import { NOON, SCOPE, type OpenBackend } from './samples.ts';

/** The clock of a case: stands still until it is set. */
export interface CaseTime {
  now: Instant;
}

/** Runs a case on a new backend and closes it. */
export async function opened(
  open: OpenBackend,
  work: (state: StateBackend, time: CaseTime) => Promise<void>,
): Promise<void> {
  const time: CaseTime = { now: NOON };
  const state = await open({ clock: () => time.now });
  try {
    await state.initialize();
    await work(state, time);
  } finally {
    await state.close();
  }
}

/** Runs a case on one scope of a new backend. */
export const scoped = (
  open: OpenBackend,
  work: (scope: ScopedState, time: CaseTime, state: StateBackend) => Promise<void>,
): Promise<void> => opened(open, (state, time) => work(state.scope(SCOPE), time, state));
