import { describe, expect } from '@jest/globals';

import { build, buildFull, days, other, shown, snapshotEntry, valuesText, type WithEngine } from './task.ts';

/** The author's SQL runs as written; its names stand for the snapshots of the task. */
export function describeCatalog(withEngine: WithEngine): void {
  describe('names in SQL', () => {
    const input = build({
      range: days(1, 3),
      sql: valuesText([
        [1, 1, 1],
        [2, 2, 2],
        [3, 3, 3],
      ]),
    });
    const catalog = [snapshotEntry(input)];
    const places = { input_0: input.node };
    for (const from of [
      'transform.daily',
      'input_0',
      '__THIS__',
      `ref('transform.daily')`,
      '(SELECT * FROM input_0) AS x',
    ]) {
      withEngine(`${from} is the input`, async ({ engine }) => {
        await engine.run(input);
        const reader = buildFull({ sql: `SELECT id, v FROM ${from}`, catalog, places });
        expect((await engine.run(reader)).rows).toBe(3);
      });
    }

    const bounds: readonly (readonly [string, Parameters<typeof snapshotEntry>[1], readonly number[]])[] = [
      ['no bounds', null, [1, 2, 3]],
      ['a start', { start: days(2).start }, [2, 3]],
      ['an end', { end: days(2).end }, [1, 2]],
      ['both', days(2), [2]],
      ['bounds beyond all years', { start: -8_640_000_000_000_000, end: 8_640_000_000_000_000 }, [1, 2, 3]],
    ];
    for (const [what, within, ids] of bounds) {
      withEngine(`with ${what} an input shows ${ids.join(', ')}`, async ({ engine }) => {
        await engine.run(input);
        const reader = buildFull({
          sql: 'SELECT id, v FROM input_0',
          catalog: [snapshotEntry(input, within)],
          places,
        });
        await engine.run(reader);
        expect(await shown(engine, reader)).toEqual(ids.map((id) => [id, id]));
      });
    }

    withEngine('a snapshot reads what it stands for, not what prod shows', async ({ engine }) => {
      await engine.run(input);
      await shown(engine);
      const dev = build({ ...input, snapshot: 'dev', sql: valuesText([[1, 7, 7]]) });
      await engine.run(dev);
      const reader = buildFull({
        sql: 'SELECT id, v FROM transform.daily',
        catalog: [snapshotEntry(dev)],
        places,
      });
      await engine.run(reader);
      expect(await shown(engine, reader)).toEqual([[7, 7]]);
    });

    withEngine('views stand before what they read, or after', async ({ engine }) => {
      await engine.run(input);
      const view = (name: string, sql: string, of: string) =>
        ({ from: 'view', node: `transform.${name}`, snapshot: name, sql, places: { input_0: of } }) as const;
      const reader = buildFull({
        sql: 'SELECT id, v FROM transform.upper_view -- the last word\n;',
        catalog: [
          view(
            'upper_view',
            'WITH x AS (SELECT * FROM input_0) SELECT * FROM x WHERE id > 1',
            'transform.lower_view',
          ),
          view('lower_view', 'SELECT id, v + 1 AS v FROM __THIS__; -- done', 'transform.daily'),
          ...catalog,
        ],
        places: { input_0: 'transform.upper_view' },
      });
      await engine.run(reader);
      expect(await shown(engine, reader)).toEqual([
        [2, 3],
        [3, 4],
      ]);
    });

    withEngine(
      'statements before the SELECT prepare it, and leave nothing for the next task',
      async ({ engine }) => {
        const sql = `CREATE TEMP TABLE mine AS SELECT 5 AS v; CREATE MACRO twice(x) AS x * 2; SELECT 1 AS id, twice(v) AS v FROM mine`;
        await engine.run(buildFull({ sql }));
        expect(await shown(engine, buildFull({}))).toEqual([[1, 10]]);
        await engine.run(buildFull({ sql }));
        await expect(engine.run(buildFull({ sql: 'SELECT v FROM mine' }))).rejects.toMatchObject({
          code: 'ENGINE_INPUT_MISSING',
        });
      },
    );

    withEngine('an input that has no table yet is named', async ({ engine }) => {
      await expect(engine.run(buildFull({ sql: 'SELECT 1', catalog, places }))).rejects.toMatchObject({
        code: 'ENGINE_INPUT_MISSING',
        message: expect.stringContaining('transform.daily'),
      });
    });

    withEngine('a view learns its columns, keeps no rows, and changes with its text', async ({ engine }) => {
      await engine.run(input);
      const run = (sql: string) =>
        engine.run(other('view', { node: 'transform.v', snapshot: 'v', sql, catalog, places }));
      const commit = await run('SELECT id, v * 2 AS w FROM input_0');
      expect(commit.columns).toEqual([
        { name: 'id', type: 'INTEGER' },
        { name: 'w', type: 'INTEGER' },
      ]);
      expect(commit).toMatchObject({ rows: 0, seen: { daily0123456789: 1 } });
      expect((await run('SELECT id, v * 2 AS w FROM input_0')).changed).toEqual([]);
      expect((await run('SELECT id, v * 3 AS w FROM input_0')).changed).toHaveLength(1);
    });
  });
}
