import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, test } from '@jest/globals';

import type { Engine } from '../engine.ts';
import { describeCatalog } from './catalog.ts';
import { describeChecks } from './checks.ts';
import { describeComparing } from './comparing.ts';
import { describeData } from './data.ts';
import { describeFiles } from './files.ts';
import { describeForks } from './forks.ts';
import { describeLife } from './life.ts';
import { describePublishing } from './publishing.ts';
import { describeReading } from './reading.ts';
import type { WithEngine } from './task.ts';
import { describeViews } from './views.ts';

/**
 * The promises of `Engine`, on a real one.
 *
 * @param open Opens the warehouse in this folder, made when it is not there.
 */
export function describeEngine(name: string, open: (folder: string) => Promise<Engine>): void {
  const withEngine: WithEngine = (promise, run) => {
    test(promise, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'seeknal-engine-'));
      let engine = await open(folder);
      const reopen = async (): Promise<Engine> => {
        await engine.close();
        engine = await open(folder);
        return engine;
      };
      try {
        await run({ engine, folder, reopen });
      } finally {
        await engine.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
  };
  describe(name, () => {
    describePublishing(withEngine);
    describeComparing(withEngine);
    describeCatalog(withEngine);
    describeChecks(withEngine);
    describeFiles(withEngine);
    describeViews(withEngine);
    describeForks(withEngine);
    describeData(withEngine);
    describeReading(withEngine);
    describeLife(withEngine);
  });
}
