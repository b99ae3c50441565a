import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';

import type { Engine, View } from '../engine.ts';
import { buildFull, file, type WithEngine } from './task.ts';

/** A table `transform.<name>` whose one row says which version it is. */
async function made(engine: Engine, name: string, version: number, columns = ''): Promise<View> {
  const node = `transform.${name}`;
  const snapshot = `${name}-${version}`;
  await engine.run(buildFull({ node, snapshot, sql: `SELECT ${version} AS version${columns}` }));
  return { node, snapshot, from: 'table' };
}

const view = (name: string, sql: string, places: { readonly [place: string]: string } = {}): View => ({
  node: `transform.${name}`,
  snapshot: `view-${name}`,
  from: 'view',
  sql,
  places,
});

/** Readers see an environment as it was or as it is, and nothing in between. */
export function describeViews(withEngine: WithEngine): void {
  describe('views', () => {
    withEngine('only what differs is made, replaced or dropped', async ({ engine }) => {
      const [a1, a2, b1, c1] = [
        await made(engine, 'a', 1),
        await made(engine, 'a', 2),
        await made(engine, 'b', 1),
        await made(engine, 'c', 1),
      ];
      const to = async (epoch: number, views: readonly View[]) =>
        (await engine.switchViews({ environment: 'prod', epoch, views })).changed;
      expect(await to(1, [a1, b1])).toEqual(['transform.a', 'transform.b']);
      expect(await to(2, [a1, b1])).toEqual([]);
      expect(await to(3, [a2, c1])).toEqual(['transform.a', 'transform.b', 'transform.c']);
      expect((await engine.query('SELECT a.version, c.version FROM transform.a, transform.c')).rows).toEqual([
        [2, 1],
      ]);
      await expect(engine.query('SELECT * FROM transform.b')).rejects.toMatchObject({
        code: 'ENGINE_INPUT_MISSING',
      });
      expect(await to(4, [])).toEqual(['transform.a', 'transform.c']);
    });

    withEngine(
      'a switch comes too late when a later one was seen, unless it changes nothing',
      async ({ engine }) => {
        const [a1, a2] = [await made(engine, 'a', 1), await made(engine, 'a', 2)];
        await engine.switchViews({ environment: 'prod', epoch: 5, views: [a1] });
        for (const epoch of [4, 5]) {
          await expect(engine.switchViews({ environment: 'prod', epoch, views: [a2] })).rejects.toMatchObject(
            {
              code: 'ENGINE_SWITCH_REFUSED',
            },
          );
          expect(await engine.switchViews({ environment: 'prod', epoch, views: [a1] })).toEqual({
            changed: [],
            statements: 0,
          });
        }
        expect((await engine.query('SELECT version FROM transform.a')).rows).toEqual([[1]]);
        await engine.switchViews({ environment: 'other', epoch: 1, views: [a2] });
        expect(await engine.epochs()).toEqual({ prod: 5, other: 1 });
      },
    );

    withEngine('an environment has names of its own; kept views stay', async ({ engine }) => {
      const [a1, a2, b2] = [
        await made(engine, 'a', 1),
        await made(engine, 'a', 2),
        await made(engine, 'b', 2),
      ];
      await engine.switchViews({ environment: 'prod', epoch: 1, views: [a1] });
      await engine.switchViews({
        environment: 'dev-1',
        epoch: 1,
        views: [a2, view('v', 'SELECT version FROM input_0', { input_0: 'transform.a' })],
      });
      const both = `SELECT (SELECT version FROM transform.a), (SELECT version FROM "transform__dev-1".v)`;
      expect((await engine.query(both)).rows).toEqual([[1, 2]]);
      const kept: View = { node: 'transform.a', snapshot: 'a-2', from: 'kept' };
      const gone: View = { node: 'transform.never', snapshot: 'never', from: 'kept' };
      const { changed } = await engine.switchViews({
        environment: 'dev-1',
        epoch: 2,
        views: [kept, gone, b2],
      });
      expect(changed).toEqual(['transform.b', 'transform.v']);
      expect((await engine.query('SELECT version FROM "transform__dev-1".a')).rows).toEqual([[2]]);
    });

    withEngine(
      'the view of a node reads the views of its inputs, by place, by name or by ref',
      async ({ engine }) => {
        const a = await made(engine, 'a', 1);
        const views = [
          a,
          view('by_place', 'SELECT version + 1 AS x FROM input_0 -- plus one', { input_0: 'transform.a' }),
          view('by_this', 'SELECT version + 1 AS x FROM __THIS__', { input_0: 'transform.a' }),
          view('by_name', 'SELECT version + 1 AS x FROM transform.a'),
          view('by_ref', `SELECT version + 1 AS x FROM ref('transform.a');`),
          view('on_top', 'SELECT x + 1 AS x FROM input_0', { input_0: 'transform.by_ref' }),
        ];
        await engine.switchViews({ environment: 'prod', epoch: 1, views });
        for (const name of ['by_place', 'by_this', 'by_name', 'by_ref']) {
          expect((await engine.query(`SELECT x FROM transform.${name}`)).rows).toEqual([[2]]);
        }
        expect((await engine.query('SELECT x FROM transform.on_top')).rows).toEqual([[3]]);
      },
    );

    const inDev: readonly (readonly [string, string])[] = [
      ['a table', 'SELECT version FROM transform.a'],
      ['quotes and comments', 'SELECT version FROM "transform" /* é */ . -- here\n "a" AS "transform"'],
      ['another case', 'SELECT version FROM Transform.A'],
      ['ref', `SELECT version FROM ref( 'transform.a' ) AS r`],
      ['a qualified column', 'SELECT transform.a.version FROM transform.a WHERE transform.a.version > 0'],
      ['a subquery', 'SELECT (SELECT max(version) FROM transform.a) AS version'],
      [
        'EXISTS and a CTE',
        'WITH x AS (FROM transform.a) SELECT version FROM x WHERE EXISTS (FROM transform.a)',
      ],
      [
        'text and comments that look like it',
        `SELECT version FROM input_0 WHERE 'transform.a' <> '' -- transform.a`,
      ],
      [
        'a column of that name',
        `SELECT version FROM (SELECT version, {'a': 1} AS transform FROM input_0) WHERE transform.a = 1`,
      ],
      ['places and names at once', 'SELECT a.version FROM input_0 JOIN transform.a USING (version)'],
      [
        'a set operation',
        'SELECT version FROM transform.a UNION SELECT version FROM ref("transform.a")'.replaceAll('"', "'"),
      ],
    ];
    for (const [what, sql] of inDev) {
      withEngine(`outside prod names mean the environment’s nodes: ${what}`, async ({ engine }) => {
        const [a1, a2] = [await made(engine, 'a', 1), await made(engine, 'a', 2)];
        const v = view('v', sql, { input_0: 'transform.a' });
        await engine.switchViews({ environment: 'prod', epoch: 1, views: [a1, v] });
        await engine.switchViews({ environment: 'dev-1', epoch: 1, views: [a2, v] });
        const both = `SELECT (SELECT version FROM transform.v), (SELECT version FROM "transform__dev-1".v)`;
        expect((await engine.query(both)).rows).toEqual([[1, 2]]);
      });
    }

    for (const [what, sql] of [
      ['what another text names', `SELECT * FROM query_table('transform.a')`],
      ['what a query makes up', `SELECT * FROM query('FROM ' || 'transform.a')`],
      ['a ref that is worked out', `SELECT * FROM ref('transform.' || 'a')`],
      ['the database by its name', 'SELECT * FROM shop.transform.a'],
      ['an alias like a schema', 'SELECT transform.a.version FROM transform.a, (SELECT 1 AS a) AS transform'],
      ['what cannot be read', 'PIVOT transform.a ON version USING count(*)'],
    ] as const) {
      withEngine(`outside prod ${what} could mean prod, and is refused`, async ({ engine }) => {
        const a = await made(engine, 'a', 1);
        const views = [a, view('v', sql, { input_0: 'transform.a' })];
        await expect(engine.switchViews({ environment: 'dev', epoch: 1, views })).rejects.toMatchObject({
          code: 'ENGINE_SWITCH_REFUSED',
          message: expect.stringContaining('transform.v'),
          hint: expect.stringContaining('input_0'),
        });
      });
    }

    withEngine(
      'outside prod a node that the environment does not have is not read from prod',
      async ({ engine }) => {
        const [a, b] = [await made(engine, 'a', 1), await made(engine, 'b', 1)];
        await engine.switchViews({ environment: 'prod', epoch: 1, views: [a, b] });
        const views = [b, view('v', 'SELECT * FROM transform.a')];
        await expect(engine.switchViews({ environment: 'dev', epoch: 1, views })).rejects.toMatchObject({
          code: 'ENGINE_INPUT_MISSING',
        });
      },
    );

    withEngine(
      'an environment that is removed leaves nothing, and the others as they are',
      async ({ engine }) => {
        const [a, b] = [await made(engine, 'a', 1), await made(engine, 'b', 1)];
        await engine.switchViews({ environment: 'prod', epoch: 1, views: [a] });
        await engine.switchViews({ environment: 'dev', epoch: 7, views: [a, b], note: { at: 1 } });
        expect(await engine.removeViews('dev')).toEqual({ removed: ['transform.a', 'transform.b'] });
        expect(await engine.removeViews('dev')).toEqual({ removed: [] });
        expect(await engine.epochs()).toEqual({ prod: 1 });
        expect(await engine.switchNotes()).toEqual({});
        await expect(engine.query('FROM transform__dev.a')).rejects.toMatchObject({
          code: 'ENGINE_INPUT_MISSING',
        });
        expect((await engine.query('SELECT version FROM transform.a')).rows).toEqual([[1]]);
        const schemas = `SELECT schema_name FROM duckdb_schemas() WHERE contains(schema_name, '__dev')`;
        expect((await engine.query(schemas)).rows).toEqual([]);
        const again = await engine.switchViews({ environment: 'dev', epoch: 1, views: [b] });
        expect(again).toEqual({ changed: ['transform.b'], statements: 2 });
      },
    );

    withEngine('only what differs costs statements', async ({ engine }) => {
      const all = await Promise.all(Array.from({ length: 20 }, (_, n) => made(engine, `n${n}`, 1)));
      const v = view('v', 'SELECT * FROM transform.n0');
      const to = async (epoch: number, views: readonly View[]) =>
        (await engine.switchViews({ environment: 'dev', epoch, views })).statements;
      expect(await to(1, all)).toBe(21);
      expect(await to(2, all)).toBe(0);
      expect(await to(3, [...all, v])).toBe(2);
      const changed = await made(engine, 'n3', 2);
      expect(await to(4, [...all.map((one) => (one.node === changed.node ? changed : one)), v])).toBe(2);
      expect(await to(5, [v, ...all.slice(0, 3)])).toBe(17);
    });

    withEngine('a source is a view of its file', async ({ engine, folder }) => {
      const path = join(folder, 'a.csv');
      await writeFile(path, 'id,v\n1,2\n');
      const source: View = {
        node: 'source.file',
        snapshot: 'f',
        from: 'file',
        file: file(path, { columns: [{ name: 'v', type: 'VARCHAR' }] }),
      };
      const to = async (epoch: number) =>
        (await engine.switchViews({ environment: 'prod', epoch, views: [source] })).changed;
      expect(await to(1)).toEqual(['source.file']);
      expect((await engine.query('SELECT * FROM source.file')).rows).toEqual([[1, '2']]);
      expect(await to(2)).toEqual([]);
      await writeFile(path, 'id,v,w\n1,2,3\n');
      expect(await to(3)).toEqual(['source.file']);
      expect((await engine.query('SELECT * FROM source.file')).rows).toEqual([[1, '2', 3]]);
    });

    withEngine('what cannot be shown changes nothing', async ({ engine }) => {
      const a = await made(engine, 'a', 1);
      await engine.switchViews({ environment: 'prod', epoch: 1, views: [a] });
      const never: View = { node: 'transform.never', snapshot: 'never', from: 'table' };
      await expect(
        engine.switchViews({ environment: 'prod', epoch: 2, views: [never] }),
      ).rejects.toMatchObject({
        code: 'ENGINE_INPUT_MISSING',
        message: expect.stringContaining('transform.never'),
      });
      await expect(
        engine.switchViews({
          environment: 'prod',
          epoch: 2,
          views: [view('v', 'SELECT nope FROM input_0', { input_0: 'transform.a' })],
        }),
      ).rejects.toThrow();
      expect((await engine.query('SELECT version FROM transform.a')).rows).toEqual([[1]]);
      expect((await engine.switchViews({ environment: 'prod', epoch: 2, views: [] })).changed).toEqual([
        'transform.a',
      ]);
    });

    withEngine('a reader sees the old set or the new one, never a mixture', async ({ engine }) => {
      const sets: View[][] = [];
      for (const version of [1, 2])
        sets.push([await made(engine, 'a', version), await made(engine, 'b', version, ', 0 AS more')]);
      await engine.switchViews({ environment: 'prod', epoch: 1, views: sets[0] as View[] });
      const stop = new AbortController();
      const seen: unknown[] = [];
      const reading = (async () => {
        while (!stop.signal.aborted)
          seen.push(
            ...(await engine.query('SELECT a.version, b.version FROM transform.a, transform.b')).rows,
          );
      })();
      for (let epoch = 2; epoch < 40; epoch += 1) {
        await engine.switchViews({ environment: 'prod', epoch, views: sets[epoch % 2] as View[] });
      }
      stop.abort();
      await reading;
      expect(seen.length).toBeGreaterThan(0);
      for (const row of seen)
        expect([
          [1, 1],
          [2, 2],
        ]).toContainEqual(row);
    });

    withEngine(
      'a table that is shown is not dropped; one that is not goes with its ledger',
      async ({ engine }) => {
        const [a1, a2] = [await made(engine, 'a', 1), await made(engine, 'a', 2)];
        await engine.switchViews({ environment: 'prod', epoch: 1, views: [a1] });
        await expect(engine.drop(['a-2', 'a-1'])).rejects.toMatchObject({ code: 'ENGINE_SWITCH_REFUSED' });
        expect(await engine.heads()).toEqual({ 'a-1': 1, 'a-2': 1 });
        const [before] = await engine.commits({ snapshots: [a2.snapshot] });
        await engine.drop(['a-2', 'unknown']);
        await engine.drop([]);
        expect(await engine.heads()).toEqual({ 'a-1': 1 });
        expect(await engine.commits({ snapshots: ['a-2'] })).toEqual([]);
        await made(engine, 'a', 2);
        const [after] = await engine.commits({ snapshots: ['a-2'] });
        expect(after?.tableId).toBeGreaterThan(before?.tableId ?? Infinity);
        expect(after?.seq).toBe(1);
      },
    );
  });
}
