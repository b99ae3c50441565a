import { describe, expect } from '@jest/globals';
import type { Severity } from '@seeknal/manifest';

import type { RenderedCheck } from '../engine.ts';
import { build, check, day, days, other, shown, snapshotEntry, valuesText, type WithEngine } from './task.ts';

/** Rows are checked before anyone can see them. */
export function describeChecks(withEngine: WithEngine): void {
  describe('checks', () => {
    // t: the 1st to the 4th; id 1, 2, 2, null; v 1, 2, 3, null.
    const sql = `SELECT * FROM (VALUES
      (TIMESTAMP '2024-01-01 00:00:00', 1, 1, 'a'), (TIMESTAMP '2024-01-02 00:00:00', 2, 2, 'b'),
      (TIMESTAMP '2024-01-03 00:00:00', 2, 3, 'b'), (TIMESTAMP '2024-01-04 00:00:00', NULL, NULL, NULL)) AS given(t, id, v, w)`;
    const work = build({ range: days(1, 4), sql, now: day(5) });
    const cases: readonly (readonly [RenderedCheck, number])[] = [
      [check({ type: 'not_null', columns: ['t'] }), 0],
      [check({ type: 'not_null', columns: ['id', 'v'] }), 1],
      [check({ type: 'unique', columns: ['v'] }), 0],
      [check({ type: 'unique', columns: ['ID'] }), 2],
      [check({ type: 'unique', columns: ['id', 'v'] }), 0],
      [check({ type: 'accepted_values', columns: ['v'], values: [1, 2, 3] }), 0],
      [check({ type: 'accepted_values', columns: ['w'], values: ['a', `o'b`] }), 2],
      [check({ type: 'accepted_values', columns: ['w'], values: [1] }), 3],
      [check({ type: 'row_count', min: 4, max: 4 }), 0],
      [check({ type: 'row_count', min: 5, max: null }), 1],
      [check({ type: 'row_count', min: null, max: 3 }), 1],
      [check({ type: 'range', column: 'v', min: 1, max: 3 }), 0],
      [check({ type: 'range', column: 'v', min: 2, max: null }), 1],
      [check({ type: 'range', column: 't', min: null, max: '2024-01-02' }), 2],
      [check({ type: 'freshness', column: 't', maxAgeMs: 86_400_000 }), 0],
      [check({ type: 'freshness', column: 't', maxAgeMs: 86_399_999 }), 1],
      [check({ type: 'sql', sql: 'SELECT * FROM __THIS__ WHERE v > 5' }), 0],
      [check({ type: 'sql', sql: 'SELECT * FROM __THIS__ WHERE v > 1 -- which?\n;' }), 2],
    ];
    for (const [one, failures] of cases) {
      const { severity: _severity, message: _message, place: _place, ...what } = one;
      withEngine(`${JSON.stringify(what)} finds ${failures}`, async ({ engine }) => {
        const commit = await engine.run({ ...work, checks: [{ ...one, severity: 'warn' }] });
        expect(commit.checks).toEqual([
          { type: one.type, severity: 'warn', message: expect.any(String), place: one.place, failures },
        ]);
        const strict = engine.run({ ...work, checks: [one] });
        if (failures === 0) expect((await strict).checks).toMatchObject([{ failures: 0, severity: 'error' }]);
        else
          await expect(strict).rejects.toMatchObject({ code: 'ENGINE_CHECK_FAILED', checks: [{ failures }] });
      });
    }

    withEngine('a failing check leaves the rows there were, and every result is told', async ({ engine }) => {
      await engine.run(build({ sql: valuesText([[1, 1, 1]]) }));
      const named = (severity: Severity, min: number) =>
        check({ type: 'row_count' as const, min, max: null, severity });
      const checks = [
        named('error', 9),
        named('warn', 9),
        named('error', 0),
        { ...named('error', 8), message: 'too few!' },
      ];
      const failing = engine.run(build({ sql: valuesText([[1, 1, 2]]), checks }));
      await expect(failing).rejects.toMatchObject({
        code: 'ENGINE_CHECK_FAILED',
        retryable: false,
        message: expect.stringMatching(/^2 checks failed: .*at least 9.*too few!/),
        checks: [
          { failures: 1 },
          { failures: 1, severity: 'warn' },
          { failures: 0 },
          { failures: 1, message: 'too few!' },
        ],
      });
      expect(await shown(engine)).toEqual([[1, 1]]);
      expect(await engine.commits()).toHaveLength(1);
    });

    withEngine('a check sees the new rows only, without those dropped', async ({ engine }) => {
      await engine.run(build({ range: days(1), sql: valuesText([[1, 1, 1]]) }));
      const checks = [check({ type: 'row_count' as const, min: 1, max: 1 })];
      await engine.run(
        build({
          range: days(2),
          outOfRange: 'drop',
          sql: valuesText([
            [2, 1, 1],
            [3, 1, 1],
          ]),
          checks,
        }),
      );
    });

    withEngine('a check of a column that is not there says where and which is near', async ({ engine }) => {
      const checks = [check({ type: 'not_null' as const, columns: ['idd'] })];
      await expect(engine.run({ ...work, checks })).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        message: expect.stringMatching(/daily\.yml:7.*idd/),
        hint: expect.stringContaining('id'),
      });
      await expect(
        engine.run({ ...work, checks: [check({ type: 'sql', sql: 'SELECT nope FROM __THIS__' })] }),
      ).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        offset: undefined,
        message: expect.stringMatching(/daily\.yml:7.*nope/),
      });
    });

    withEngine('a rule checks its input, or what its own SQL makes of it', async ({ engine }) => {
      await engine.run(work);
      const rule = other('check', {
        catalog: [snapshotEntry(work)],
        places: { input_0: work.node },
        checks: [check({ type: 'not_null', columns: ['id'] })],
      });
      await expect(engine.run(rule)).rejects.toMatchObject({
        code: 'ENGINE_CHECK_FAILED',
        checks: [{ failures: 1 }],
      });
      const commit = await engine.run({ ...rule, sql: 'SELECT * FROM __THIS__ WHERE id > 0' });
      expect(commit).toMatchObject({ rows: 3, seen: { daily0123456789: 1 }, checks: [{ failures: 0 }] });
    });
  });
}
