import { describe, expect } from '@jest/globals';

import { build, days, valuesText, type WithEngine } from './task.ts';

/** Queries of people and programs. */
export function describeReading(withEngine: WithEngine): void {
  describe('queries', () => {
    withEngine(
      'values are JSON: what a double cannot hold, decimals and times are text',
      async ({ engine }) => {
        const sql = `SELECT 1 AS i, CAST(9007199254740993 AS BIGINT) AS big, CAST(7 AS BIGINT) AS small, 1.50 AS d, 0.5e0 AS f,
        DATE '2024-01-02' AS day, TIMESTAMP '2024-01-02 03:04:05' AS at_time, TRUE AS b, NULL AS n, 'x' AS s`;
        const { columns, rows, truncated } = await engine.query(sql);
        expect(rows).toEqual([
          [1, '9007199254740993', 7, '1.50', 0.5, '2024-01-02', '2024-01-02 03:04:05', true, null, 'x'],
        ]);
        expect(columns.slice(0, 4).map(({ type }) => type)).toEqual([
          'INTEGER',
          'BIGINT',
          'BIGINT',
          'DECIMAL(3,2)',
        ]);
        expect(truncated).toBe(false);
      },
    );

    withEngine('no more rows than asked for, and a word when there were more', async ({ engine }) => {
      const { sql } = build({
        sql: valuesText([
          [1, 1, 1],
          [2, 2, 2],
          [3, 3, 3],
        ]),
      });
      expect(await engine.query(sql as string, { limit: 2 })).toMatchObject({
        rows: { length: 2 },
        truncated: true,
      });
      expect(await engine.query(sql as string, { limit: 3 })).toMatchObject({
        rows: { length: 3 },
        truncated: false,
      });
    });

    const refused = [
      'DROP SCHEMA transform CASCADE',
      'CREATE TABLE x AS SELECT 1',
      'INSERT INTO transform.daily VALUES (1)',
      `COPY (SELECT 1) TO 'x.csv'`,
      `ATTACH 'x.db'`,
      'SELECT 1; SELECT 2',
      'BEGIN TRANSACTION',
    ];
    for (const sql of refused) {
      withEngine(`a query cannot ${sql}`, async ({ engine }) => {
        await engine.run(build({ range: days(1), sql: valuesText([[1, 1, 1]]) }));
        await expect(engine.query(sql)).rejects.toMatchObject({ code: 'ENGINE_READ_ONLY' });
      });
    }

    const wrong: readonly (readonly [string, string, number])[] = [
      ['SELECT 1 FRM x y', 'ENGINE_SQL', 13],
      ['SELECT nope FROM (SELECT 1 AS yes) AS x', 'ENGINE_SQL', 7],
      [`SELECT 'é€😀', nope FROM (SELECT 1 AS yes) AS x`, 'ENGINE_SQL', 15],
      ['SELECT *\nFROM transform.nope', 'ENGINE_INPUT_MISSING', 14],
      ['  ;', 'ENGINE_SQL', 0],
    ];
    for (const [sql, code, offset] of wrong) {
      withEngine(`${JSON.stringify(sql)} is wrong at ${offset}`, async ({ engine }) => {
        await expect(engine.query(sql)).rejects.toMatchObject({ code, offset });
        await expect(engine.run(build({ sql }))).rejects.toMatchObject({ code, offset });
        const prepared = `CREATE TEMP TABLE mine AS SELECT ';' AS v; ${sql}`;
        if (offset > 0) {
          await expect(engine.run(build({ sql: prepared }))).rejects.toMatchObject({
            code,
            offset: offset + 43,
          });
        }
      });
    }
  });
}
