import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import type { Engine, Work } from '@seeknal/engine';
import { ALL_TIME } from '@seeknal/plan';
import fc from 'fast-check';

import { openDuckDb } from './index.ts';

type Row = readonly [id: number | null, v: number | null];

const value = fc.option(fc.nat(3), { nil: null });
const table = fc.array(fc.tuple(value, value), { maxLength: 6 });

let fence = 0;

async function write(engine: Engine, snapshot: string, rows: readonly Row[]): Promise<void> {
  fence += 1;
  const given = rows.map((row) => `(${row.map((part) => part ?? 'NULL').join(', ')})`).join(', ');
  const values = `SELECT id::INT AS id, v::INT AS v FROM (VALUES ${given || '(0, 0)'}) AS given(id, v)`;
  const work: Work = {
    run: 'r',
    task: 't',
    node: 'transform.x',
    snapshot,
    action: 'build',
    materialization: 'full',
    range: ALL_TIME,
    generation: 0,
    fence,
    sql: rows.length === 0 ? `${values} WHERE false` : values,
    catalog: [],
    places: {},
    timeColumn: null,
    outOfRange: 'fail',
    checks: [],
    export: null,
    version: null,
    now: 0,
  };
  await engine.run(work);
}

/** How many of `a` are left when every one of `b` has taken one equal to it away. */
function left(a: readonly unknown[], b: readonly unknown[]): number {
  const others = b.map((one) => JSON.stringify(one));
  return a.filter((one) => {
    const at = others.indexOf(JSON.stringify(one));
    if (at !== -1) others.splice(at, 1);
    return at === -1;
  }).length;
}

test('any two tables are compared as by hand, and their digests are equal where their rows are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-diff-'));
  const engine = await openDuckDb({ path: join(folder, 'shop.duckdb') });
  try {
    await fc.assert(
      fc.asyncProperty(table, table, async (a, b) => {
        await write(engine, 'a', a);
        await write(engine, 'b', b);
        const rows = await engine.diffData('a', 'b');
        const column = (of: readonly Row[], at: 0 | 1): readonly unknown[] => of.map((row) => row[at]);
        expect([rows.onlyA, rows.onlyB, ...rows.columns.map(({ differing }) => differing)]).toEqual([
          left(a, b),
          left(b, a),
          left(column(a, 0), column(b, 0)),
          left(column(a, 1), column(b, 1)),
        ]);
        const [digests, others] = [
          await engine.digestColumns('a', ['id', 'v'], [ALL_TIME]),
          await engine.digestColumns('b', ['v', 'id'], [ALL_TIME]),
        ];
        expect(digests[0]?.digest === others[0]?.digest).toBe(left(a, b) + left(b, a) === 0);

        const byId = (of: readonly Row[]): ReadonlyMap<number | null, number | null> => new Map(of);
        const [ofA, ofB] = [byId(a), byId(b)];
        const compared = engine.diffData('a', 'b', { keys: ['id'] });
        if (ofA.size < a.length || ofB.size < b.length) {
          await expect(compared).rejects.toMatchObject({ code: 'ENGINE_DUPLICATE_KEYS' });
          return;
        }
        const shared = [...ofA.keys()].filter((id) => ofB.has(id));
        expect(await compared).toMatchObject({
          onlyA: ofA.size - shared.length,
          onlyB: ofB.size - shared.length,
          changed: shared.filter((id) => ofA.get(id) !== ofB.get(id)).length,
        });
      }),
      { numRuns: 60 },
    );
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
