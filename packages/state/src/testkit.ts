import { describe } from '@jest/globals';

import { claimCases } from './testkit/claim-cases.ts';
import { droppingCases } from './testkit/dropping-cases.ts';
import { droppingModelCases } from './testkit/dropping-model-cases.ts';
import { environmentCases } from './testkit/environment-cases.ts';
import { modelCases } from './testkit/model-cases.ts';
import { recordCases } from './testkit/record-cases.ts';
import { runCases } from './testkit/run-cases.ts';
import type { OpenBackend } from './testkit/samples.ts';
import { sharedCases } from './testkit/shared-cases.ts';

export interface TestkitOptions {
  /** Histories made up at random and compared with a slow, obviously right state. Default: 60. */
  readonly histories?: number;
}

/**
 * What every state backend must do, as tests: call it in a test file of the backend.
 *
 * @param open Opens a new, empty backend each time.
 */
export function describeStateBackend(
  name: string,
  open: OpenBackend,
  { histories = 60 }: TestkitOptions = {},
): void {
  describe(name, () => {
    describe('runs and nodes', () => {
      runCases(open);
    });
    describe('locks and transactions', () => {
      sharedCases(open);
    });
    describe('snapshots and claims', () => {
      claimCases(open);
    });
    describe('commits', () => {
      recordCases(open);
    });
    describe('environments', () => {
      environmentCases(open);
    });
    describe('proofs, and snapshots that go', () => {
      droppingCases(open);
    });
    describe('any history', () => {
      modelCases(open, histories);
      droppingModelCases(open, histories);
    });
  });
}

export type { OpenBackend } from './testkit/samples.ts';
