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

    for (const sql of [
      'SELECT * FROM transform.a',
      `SELECT * FROM ref('transform.a')`,
      'SELECT 1 WHERE EXISTS (FROM transform.a)',
    ]) {
      withEngine(`outside prod ${sql} would mean prod, and is refused`, async ({ engine }) => {
        const a = await made(engine, 'a', 1);
        const views = [a, view('v', sql, { input_0: 'transform.a' })];
        await expect(engine.switchViews({ environment: 'dev', epoch: 1, views })).rejects.toMatchObject({
          code: 'ENGINE_SWITCH_REFUSED',
          hint: expect.stringContaining('input_0'),
        });
      });
    }

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
