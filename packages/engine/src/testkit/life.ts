import { describe, expect } from '@jest/globals';

import { build, buildFull, days, shown, valuesText, type WithEngine } from './task.ts';

/** 10^14 rows: longer than any test. */
const ENDLESS = `WITH d AS (SELECT x FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digits(x))
  SELECT sum(${Array.from('abcdefghijklmn', (name) => `${name}.x`).join(' * ')}) AS v FROM ${Array.from('abcdefghijklmn', (name) => `d AS ${name}`).join(', ')}`;

/** Opening, cancelling, closing. */
export function describeLife(withEngine: WithEngine): void {
  describe('life', () => {
    withEngine(
      'everything is there after the warehouse was closed and opened',
      async ({ engine, reopen }) => {
        await engine.run(
          build({
            range: days(1, 2),
            sql: valuesText([
              [1, 1, 1],
              [2, 2, 2],
            ]),
          }),
        );
        await engine.run(buildFull({ sql: 'SELECT 1 AS id, 1 AS v' }));
        await shown(engine);
        const ledger = await engine.commits();
        const again = await reopen();
        expect(again.warehouseId).toBe(engine.warehouseId);
        expect(again.openToken.previous).toBe(engine.openToken.current);
        expect(again.openToken.current).not.toBe(engine.openToken.current);
        expect(await again.commits()).toEqual(ledger);
        expect((await again.query('SELECT id, v FROM transform.daily ORDER BY id')).rows).toEqual([
          [1, 1],
          [2, 2],
        ]);
        await again.run(build({ range: days(2), sql: valuesText([[2, 2, 3]]) }));
        expect(await shown(again)).toEqual([
          [1, 1],
          [2, 3],
        ]);
      },
    );

    withEngine('a new warehouse has an id and no token', async ({ engine }) => {
      expect(engine.warehouseId).toMatch(/^\w{16,}$/);
      expect(engine.openToken.previous).toBeNull();
    });

    for (const [what, work] of [
      ['incremental', build({ sql: ENDLESS, timeColumn: null })],
      ['full', buildFull({ sql: ENDLESS })],
    ] as const) {
      withEngine(
        `a cancelled ${what} task ends at once and leaves nothing behind`,
        async ({ engine, reopen }) => {
          await engine.run({ ...work, sql: 'SELECT 1 AS v' });
          const before = await engine.commits();
          const stop = new AbortController();
          const running = engine.run(work, { signal: stop.signal });
          await new Promise((resolve) => {
            setTimeout(resolve, 150);
          });
          const abortedAt = performance.now();
          stop.abort();
          await expect(running).rejects.toMatchObject({ code: 'ENGINE_CANCELLED' });
          expect(performance.now() - abortedAt).toBeLessThan(1000);
          expect(await engine.commits()).toEqual(before);
          await engine.run({ ...work, sql: 'SELECT 2 AS v' });
          expect(await (await reopen()).commits()).toHaveLength(2);
        },
      );
    }

    withEngine('a task cancelled before it began does not begin', async ({ engine }) => {
      await expect(
        engine.run(build({ sql: valuesText([[1, 1, 1]]) }), { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({
        code: 'ENGINE_CANCELLED',
      });
      await expect(engine.query('SELECT 1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'ENGINE_CANCELLED',
      });
      expect(await engine.commits()).toEqual([]);
    });

    withEngine('a task cancelled at any moment is published wholly or not at all', async ({ engine }) => {
      for (let round = 0; round < 20; round += 1) {
        const stop = new AbortController();
        const running = engine.run(
          build({
            range: days(1, 2),
            fence: round,
            sql: valuesText([
              [1, 1, round],
              [2, 2, round],
            ]),
          }),
          {
            signal: stop.signal,
          },
        );
        setTimeout(() => stop.abort(), round * 2);
        const outcome = await running.then(
          () => 'published',
          (error: { readonly code?: unknown }) => error.code,
        );
        const ledger = await engine.commits();
        if (ledger.length > 0)
          expect(await shown(engine)).toEqual([1, 2].map((id) => [id, ledger.at(-1)?.fence]));
        expect([ledger.at(-1)?.fence === round, outcome]).toEqual(
          outcome === 'published' ? [true, 'published'] : [false, 'ENGINE_CANCELLED'],
        );
      }
    });

    withEngine('closing interrupts what runs; a closed engine refuses work', async ({ engine }) => {
      const running = engine.run(buildFull({ sql: ENDLESS }));
      const outcome = running.catch((error: { readonly code?: unknown }) => error.code);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      await engine.close();
      expect(await outcome).toBe('ENGINE_CANCELLED');
      await engine.close();
      for (const work of [
        () => engine.run(build({ sql: 'SELECT 1' })),
        () => engine.query('SELECT 1'),
        () => engine.heads(),
        () => engine.commits(),
        () => engine.switchViews({ environment: 'prod', epoch: 1, views: [] }),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
      }
    });
  });
}
