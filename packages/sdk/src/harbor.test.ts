import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { openProject } from './open-project.ts';

/** A project as the Python seeknal writes it, with its state; it lives beside the repository. */
const HARBOR = fileURLToPath(new URL('../../../../shared/fixtures/harbor', import.meta.url));
const testHarbor = existsSync(HARBOR) ? test : test.skip;

testHarbor('a Python project loads, and all of it runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-harbor-'));
  try {
    await cp(HARBOR, folder, { recursive: true });
    const project = await openProject(folder, { now: Date.UTC(2024, 0, 8) });
    try {
      expect(project.warnings).toEqual([]);
      const report = await project.run();
      expect(report.status).toBe('success');
      expect(report.job?.done.map(({ node }) => node).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        'aggregation.hub_daily',
        'exposure.hub_export',
        'feature_group.hub_features',
        'rule.fee_range',
        'source.hubs',
        'source.parcels',
        'transform.clean_parcels',
        'transform.parcel_by_hub',
      ]);
      const daily = await project.query('FROM aggregation.hub_daily');
      expect(daily.columns.map(({ name }) => name)).toEqual(['hub_id', 'as_of', 'fee_sum', 'fee_count']);
      expect(daily.rows.map((row) => row.join(' '))).toEqual([
        '1 2024-01-01 7 2',
        '1 2024-01-02 4.5 1',
        '2 2024-01-01 9.5 1',
        '2 2024-01-03 2.75 1',
        '3 2024-01-02 3.5 1',
        '3 2024-01-04 4.25 1',
      ]);
      expect(
        (await project.query('SELECT count(*), sum(weight_kg) FROM feature_group.hub_features')).rows,
      ).toEqual([[7, 17.5]]);
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
});

/** A copy of harbor with the rows that the Python seeknal would have left, and files as old as its hashes assume. */
async function inHarbor(work: (folder: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'seeknal-harbor-'));
  const [folder, built] = [join(scratch, 'harbor'), join(scratch, 'built')];
  try {
    await cp(HARBOR, folder, { recursive: true });
    await cp(HARBOR, built, { recursive: true });
    for (const [node, file] of [
      ['transform.clean_parcels', 'intermediate/transform_clean_parcels'],
      ['transform.parcel_by_hub', 'intermediate/transform_parcel_by_hub'],
      ['aggregation.hub_daily', 'aggregation/hub_daily/result'],
      ['feature_group.hub_features', 'intermediate/feature_group_hub_features'],
    ] as const) {
      const name = node.replace('.', '_');
      await writeFile(
        join(built, `seeknal/exposures/${name}.yml`),
        `kind: exposure\nname: ${name}\ntype: file\nparams: {path: target/python/${file}.parquet}\ninputs: [${node}]\n`,
      );
    }
    const project = await openProject(built, { now: Date.UTC(2024, 0, 8) });
    await project.run();
    await project.close();
    await cp(join(built, 'target/python'), join(folder, 'target'), { recursive: true });
    for (const file of ['parcels', 'hubs'])
      await utimes(join(folder, `data/${file}.csv`), 1_704_067_200, 1_704_067_200);
    await work(folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs once: how it ended, what was taken over, what ran. */
async function runIn(folder: string) {
  const takenOver: string[] = [];
  const project = await openProject(folder, { now: Date.UTC(2024, 0, 8) });
  try {
    const planned = await project.plan();
    const report = await project.run({
      onEvent: (event) => {
        if (event.type === 'taken_over') takenOver.push(...event.nodes);
      },
    });
    const { rows } = await project.query(
      'SELECT (SELECT sum(fee_count) FROM aggregation.hub_daily), (SELECT count(*) FROM feature_group.hub_features)',
    );
    return {
      status: report.status,
      ran: (report.job?.done ?? []).map(({ node }) => node).toSorted((a, b) => (a < b ? -1 : 1)),
      takenOver: takenOver.toSorted((a, b) => (a < b ? -1 : 1)),
      notes: planned.nodes.flatMap(({ node, notes }) => notes.map((note) => `${node}: ${note}`)),
      rows: rows.map((row) => row.join(' ')),
    };
  } finally {
    await project.close();
  }
}

const ALL = [
  'aggregation.hub_daily',
  'exposure.hub_export',
  'feature_group.hub_features',
  'rule.fee_range',
  'source.hubs',
  'source.parcels',
  'transform.clean_parcels',
  'transform.parcel_by_hub',
];

testHarbor('the rows that the Python seeknal left are taken over: the first run has nothing to do', () =>
  inHarbor(async (folder) => {
    const first = await runIn(folder);
    expect(first).toMatchObject({ status: 'nothing_to_do', takenOver: ALL, rows: ['7 7'] });
    expect(first.notes).toContain(
      'transform.clean_parcels: known to the Python project: its rows are taken over',
    );
    expect(await runIn(folder)).toMatchObject({ status: 'nothing_to_do', takenOver: [], notes: [] });
  }),
);

testHarbor('a node whose YAML or file changed since is built, with all that reads it', () =>
  inHarbor(async (folder) => {
    await utimes(join(folder, 'data/hubs.csv'), 1_704_067_201, 1_704_067_201);
    const { status, takenOver, ran, notes } = await runIn(folder);
    expect({ status, takenOver }).toEqual({
      status: 'success',
      takenOver: ['rule.fee_range', 'source.parcels', 'transform.clean_parcels'],
    });
    expect(ran).toEqual(ALL.filter((id) => !takenOver.includes(id)));
    expect(notes).toContain(
      'transform.parcel_by_hub: known to the Python project, but its rows are not in this warehouse: it is built',
    );
  }),
);

testHarbor('what the hash is blind to is no ground to take rows over: here, the order of inputs', () =>
  inHarbor(async (folder) => {
    const path = join(folder, 'seeknal/transforms/parcel_by_hub.yml');
    const swapped = (await readFile(path, 'utf8'))
      .replace(
        '  - ref: transform.clean_parcels\n  - ref: source.hubs',
        '  - ref: source.hubs\n  - ref: transform.clean_parcels',
      )
      .replace('FROM input_0 p\n  JOIN input_1 h', 'FROM input_1 p\n  JOIN input_0 h');
    await writeFile(path, swapped);
    const { takenOver, ran } = await runIn(folder);
    expect(takenOver).not.toContain('transform.parcel_by_hub');
    expect(ran).toContain('transform.parcel_by_hub');
  }),
);

testHarbor('a file of rows that is damaged is built from its SQL', () =>
  inHarbor(async (folder) => {
    await writeFile(join(folder, 'target/intermediate/transform_clean_parcels.parquet'), 'no parquet');
    const { status, takenOver, ran, rows } = await runIn(folder);
    expect(status).toBe('success');
    expect(takenOver).not.toContain('transform.clean_parcels');
    expect(ran).toContain('transform.clean_parcels');
    expect(rows).toEqual(['7 7']);
  }),
);
