import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { openProject } from './open-project.ts';

/** A project as the Python seeknal writes it, with its state; it lives beside the repository. */
const HARBOR = fileURLToPath(new URL('../../../../shared/fixtures/harbor', import.meta.url));
const testHarbor = existsSync(HARBOR) ? test : test.skip;

testHarbor(
  'a Python project loads, runs what is supported, and names with its place what is not',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seeknal-harbor-'));
    try {
      await cp(HARBOR, folder, { recursive: true });
      const project = await openProject(folder, { now: Date.UTC(2024, 0, 8) });
      try {
        expect(
          project.warnings.map(({ message, place }) => `${place.file}:${place.line} ${message}`),
        ).toEqual([
          expect.stringMatching(/^seeknal\/aggregations\/hub_daily\.yml:1 .*aggregation/u),
          expect.stringMatching(/^seeknal\/feature_groups\/hub_features\.yml:1 .*feature_group/u),
        ]);
        const report = await project.run();
        expect(report.status).toBe('success');
        expect(report.job?.done.map(({ node }) => node).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
          'exposure.hub_export',
          'rule.fee_range',
          'source.hubs',
          'source.parcels',
          'transform.clean_parcels',
          'transform.parcel_by_hub',
        ]);
        const blocked = report.plan.nodes.filter(({ action }) => action === 'blocked');
        expect(blocked.map(({ node }) => node)).toEqual([
          'aggregation.hub_daily',
          'feature_group.hub_features',
        ]);
        const { rows } = await project.query('SELECT count(*), sum(fee) FROM transform.parcel_by_hub');
        expect(rows).toEqual([[7, 31.5]]);
        expect((await project.run()).status).toBe('nothing_to_do');
      } finally {
        await project.close();
      }
      const csv = await readFile(join(folder, 'target/exports_hub.csv'), 'utf8');
      expect(csv.trim().split('\n').length).toBe(8);
      // The Python state is kept: what we know is written into it, after a copy of it as it was.
      const state = JSON.parse(await readFile(join(folder, 'target/run_state.json'), 'utf8'));
      expect(state.nodes['aggregation.hub_daily'].row_count).toBe(6);
      expect(state.nodes['transform.clean_parcels'].row_count).toBe(7);
      expect(existsSync(join(folder, 'target/run_state.json.bak.20240105_080000'))).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
