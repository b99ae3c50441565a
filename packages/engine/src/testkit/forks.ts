import { describe, expect } from '@jest/globals';

import type { Engine } from '../engine.ts';
import { build, buildFull, days, shown, snapshotEntry, valuesText, type WithEngine } from './task.ts';

/** Two tables, the second made from the first, as prod has them. */
async function twoTables(engine: Engine): Promise<void> {
  const upper = build({
    range: days(1, 2),
    sql: valuesText([
      [1, 1, 1],
      [2, 2, 2],
    ]),
    fence: 3,
  });
  await engine.run(upper);
  await engine.run({ ...upper, range: days(3), fence: 4, sql: valuesText([[3, 3, 3]]) });
  await engine.run(
    build({
      node: 'transform.below',
      snapshot: 'below0123456789',
      range: days(1, 3),
      sql: 'SELECT t, id, v * 10 AS v FROM input_0',
      catalog: [snapshotEntry(upper)],
      places: { input_0: upper.node },
    }),
  );
}

const COPIES = [
  { from: 'daily0123456789', to: 'daily0123456789@dev' },
  { from: 'below0123456789', to: 'below0123456789@dev' },
];

const inDev = (name: string) => ({ node: `transform.${name}`, snapshot: `${name}0123456789@dev` });

/** An environment that needs rows of its own takes a copy first. */
export function describeForks(withEngine: WithEngine): void {
  describe('forks', () => {
    withEngine(
      'a copy has the rows and the ledger of its original, and neither writes into the other',
      async ({ engine }) => {
        await twoTables(engine);
        expect(await engine.fork(COPIES)).toEqual(COPIES.map(({ to }) => to));
        const rows = [
          [1, 1],
          [2, 2],
          [3, 3],
        ];
        expect(await shown(engine, inDev('daily'))).toEqual(rows);
        await engine.run(
          build({ ...inDev('daily'), range: days(2), fence: 5, sql: valuesText([[2, 9, 9]]) }),
        );
        expect(await shown(engine, inDev('daily'))).toEqual([
          [1, 1],
          [3, 3],
          [9, 9],
        ]);
        expect(await shown(engine)).toEqual(rows);
        await engine.run(build({ range: days(3), fence: 6, sql: valuesText([[3, 7, 7]]) }));
        expect(await shown(engine, inDev('daily'))).toEqual([
          [1, 1],
          [3, 3],
          [9, 9],
        ]);
        expect(await engine.heads()).toEqual({
          daily0123456789: 3,
          below0123456789: 1,
          'daily0123456789@dev': 3,
          'below0123456789@dev': 1,
        });
      },
    );

    withEngine('the ledger of a copy is that of its original, under its own names', async ({ engine }) => {
      await twoTables(engine);
      await engine.fork(COPIES);
      const before = await engine.commits({ snapshots: COPIES.map(({ from }) => from) });
      const after = await engine.commits({ snapshots: COPIES.map(({ to }) => to) });
      const tables = new Set(before.map(({ tableId }) => tableId));
      expect(after.map(({ tableId: _, ...commit }) => commit)).toEqual(
        before.map(({ tableId: _, ...commit }) => ({
          ...commit,
          snapshot: `${commit.snapshot}@dev`,
          seen: Object.fromEntries(Object.entries(commit.seen).map(([id, seq]) => [`${id}@dev`, seq])),
        })),
      );
      expect(after.some(({ tableId }) => tables.has(tableId))).toBe(false);
      expect(after.find(({ node }) => node === 'transform.below')?.seen).toEqual({
        'daily0123456789@dev': 2,
      });
      // A fence in the ledger keeps out whoever is behind it, as it does in the original.
      const late = build({ ...inDev('daily'), range: days(1), fence: 2, sql: valuesText([[1, 5, 5]]) });
      await expect(engine.run(late)).rejects.toMatchObject({ code: 'ENGINE_FENCED' });
    });

    withEngine('what was not copied with it has been read as it is', async ({ engine }) => {
      await twoTables(engine);
      await engine.fork(COPIES.slice(1));
      const [commit] = await engine.commits({ snapshots: ['below0123456789@dev'] });
      expect(commit?.seen).toEqual({ daily0123456789: 2 });
    });

    withEngine(
      'a copy that is there is left as it is; without an original there is none',
      async ({ engine }) => {
        await twoTables(engine);
        await engine.fork(COPIES);
        await engine.run(
          build({ ...inDev('daily'), range: days(1, 3), fence: 9, sql: valuesText([[1, 4, 4]]) }),
        );
        expect(await engine.fork([...COPIES, { from: 'unknown', to: 'other' }])).toEqual([]);
        expect(await engine.fork([])).toEqual([]);
        expect(await shown(engine, inDev('daily'))).toEqual([[4, 4]]);
        expect(Object.keys(await engine.heads())).not.toContain('other');
      },
    );

    withEngine('a copy of a copy, and of a table that is made as a whole', async ({ engine }) => {
      const whole = buildFull({ sql: 'SELECT 1 AS id, 2 AS v' });
      await engine.run(whole);
      await engine.fork([{ from: whole.snapshot, to: 'whole0123456789@a' }]);
      await engine.fork([{ from: 'whole0123456789@a', to: 'whole0123456789@b' }]);
      await engine.run({ ...whole, snapshot: 'whole0123456789@a', fence: 2, sql: 'SELECT 5 AS id, 5 AS v' });
      const of = (snapshot: string) => shown(engine, { node: whole.node, snapshot });
      expect(await of('whole0123456789@b')).toEqual([[1, 2]]);
      expect(await of('whole0123456789@a')).toEqual([[5, 5]]);
      expect(await of('whole0123456789')).toEqual([[1, 2]]);
    });

    withEngine(
      'a publish while the original is copied is in both or in one, with its ledger',
      async ({ engine }) => {
        await twoTables(engine);
        const publish = engine.run(build({ range: days(4), fence: 5, sql: valuesText([[4, 4, 4]]) }));
        await Promise.all([publish, engine.fork(COPIES)]);
        const heads = await engine.heads();
        const rows = await shown(engine, inDev('daily'));
        expect(rows).toHaveLength(heads['daily0123456789@dev'] === 3 ? 4 : 3);
        expect(heads['daily0123456789']).toBe(3);
      },
    );

    withEngine(
      'what nobody knows any more is found, and dropped with its ledger',
      async ({ engine, reopen }) => {
        await twoTables(engine);
        await engine.fork(COPIES);
        const all = COPIES.flatMap(({ from, to }) => [from, to]);
        expect(await engine.orphans(all)).toEqual([]);
        const dev = COPIES.map(({ to }) => to).toSorted();
        expect(await engine.orphans(['daily0123456789', 'below0123456789', 'never'])).toEqual(dev);
        expect(await engine.orphans([])).toEqual(all.toSorted());
        await engine.drop(dev);
        const later = await reopen();
        expect(await later.orphans(['daily0123456789', 'below0123456789'])).toEqual([]);
        expect(await later.commits({ snapshots: dev })).toEqual([]);
      },
    );
  });
}
