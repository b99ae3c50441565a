import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { ALL_TIME } from '@seeknal/plan';

import type { FileSource } from '../engine.ts';
import {
  build,
  buildFull,
  check,
  day,
  days,
  file,
  load,
  other,
  snapshotEntry,
  valuesText,
  type WithEngine,
} from './task.ts';

/** Files that are read, and files that are written. */
export function describeFiles(withEngine: WithEngine): void {
  describe('files', () => {
    const csv = 'id,ts,v\n1,2024-01-01 10:00:00,1.5\n2,2024-01-02 10:00:00,2.5\n3,2024-01-02 11:00:00,3.5\n';

    withEngine(
      'loading a file tells its columns and rows; the same again changes nothing',
      async ({ engine, folder }) => {
        const path = join(folder, `it's.csv`);
        await writeFile(path, csv);
        const commit = await engine.run(load(file(path), { version: { hash: 'h1' } }));
        expect(commit).toMatchObject({
          rows: 3,
          changed: [ALL_TIME],
          version: { hash: 'h1' },
          columns: [
            { name: 'id', type: 'BIGINT' },
            { name: 'ts', type: 'TIMESTAMP' },
            { name: 'v', type: 'DOUBLE' },
          ],
        });
        expect((await engine.run(load(file(path)))).changed).toEqual([]);
        await writeFile(path, csv.replace('3.5', '4.5'));
        expect((await engine.run(load(file(path)))).changed).toEqual([ALL_TIME]);
      },
    );

    withEngine('with a time column only the days that differ are changed', async ({ engine, folder }) => {
      const path = join(folder, 'a.csv');
      const run = async (text: string) => {
        await writeFile(path, text);
        return (await engine.run(load(file(path, { timeColumn: 'ts' })))).changed;
      };
      expect(await run(csv)).toEqual([ALL_TIME]);
      expect(await run(`${csv}4,2024-01-05 00:00:00,9\n`)).toEqual([days(5)]);
      expect(await run(csv)).toEqual([days(5)]);
      expect(await run(csv.replace('3.5', '4.5'))).toEqual([days(2)]);
      expect(await run(csv)).toEqual([days(2)]);
      expect(await run(`${csv}5,,1\n`)).toEqual([ALL_TIME]);
      expect(await run(csv.replace('id', 'key'))).toEqual([ALL_TIME]);
    });

    const formats: readonly (readonly [FileSource['format'], string])[] = [
      ['csv', 'id;name\n007;x\n'],
      ['json', '[{"id": 7, "name": "x"}]'],
      ['jsonl', '{"id": 7, "name": "x"}\n'],
    ];
    for (const [format, text] of formats) {
      withEngine(
        `${format}: options reach the reader, declared columns set types, the others are found`,
        async ({ engine, folder }) => {
          const path = join(folder, 'in.txt');
          await writeFile(path, text);
          const source = file(path, { format, options: format === 'csv' ? { delim: ';' } : {} });
          const columns = async (declared: FileSource['columns']) =>
            (await engine.run(load({ ...source, columns: declared }))).columns.map(
              ({ name, type }) => `${name} ${type}`,
            );
          expect(await columns([{ name: 'id', type: 'string' }])).toEqual(['id VARCHAR', 'name VARCHAR']);
          expect(await columns([{ name: 'id', type: 'INTEGER' }])).toEqual(['id INTEGER', 'name VARCHAR']);
          await expect(columns([{ name: 'idd', type: 'INTEGER' }])).rejects.toMatchObject({
            code: 'ENGINE_SQL',
            message: expect.stringMatching(/source\.file.*idd/),
          });
        },
      );
    }

    withEngine(
      'a task reads the file through the same eyes, within its bounds',
      async ({ engine, folder }) => {
        const path = join(folder, 'a.csv');
        await writeFile(path, csv);
        const source = file(path, { timeColumn: 'ts', columns: [{ name: 'v', type: 'DECIMAL(9,2)' }] });
        const entry = {
          from: 'file',
          node: 'source.file',
          snapshot: 'f',
          file: source,
          within: days(2),
        } as const;
        const commit = await engine.run(
          buildFull({
            sql: 'SELECT * FROM source.file',
            catalog: [entry],
            places: { input_0: 'source.file' },
          }),
        );
        expect(commit).toMatchObject({
          rows: 2,
          columns: [{}, {}, { name: 'v', type: 'DECIMAL(9,2)' }],
          seen: { f: 0 },
        });
      },
    );

    withEngine('a file that is not there, or is broken, is named', async ({ engine, folder }) => {
      const path = join(folder, 'a.csv');
      await expect(engine.run(load(file(path)))).rejects.toMatchObject({
        code: 'ENGINE_INPUT_MISSING',
        message: expect.stringContaining(path),
      });
      await writeFile(path, 'id,v\n1,2\n2,x\n');
      await expect(
        engine.run(load(file(path, { columns: [{ name: 'v', type: 'INTEGER' }] }))),
      ).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        message: expect.stringMatching(/source\.file: .*Line: 3.*a\.csv/),
      });
      await writeFile(path, '{"id": 1}\n{"id": 2');
      await expect(engine.run(load(file(path, { format: 'jsonl' })))).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        message: expect.stringMatching(/source\.file: .*a\.csv/),
      });
      await expect(engine.run(load(file(path, { format: 'parquet' })))).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        message: expect.stringMatching(/source\.file: .*a\.csv/),
      });
      expect(await engine.commits()).toEqual([]);
    });

    const input = build({
      range: days(1, 2),
      sql: valuesText([
        [1, 1, 10],
        [2, 2, 20],
      ]),
    });
    const exported = (
      path: string,
      format: 'csv' | 'parquet' | 'json' | 'jsonl',
      sql: string | null = null,
    ) =>
      other('export', {
        node: 'exposure.out',
        catalog: [snapshotEntry(input)],
        places: { input_0: input.node },
        export: { path, format },
        sql,
      });

    for (const format of ['csv', 'parquet', 'json', 'jsonl'] as const) {
      withEngine(`${format} that is written can be read again`, async ({ engine, folder }) => {
        await engine.run(input);
        const path = join(folder, 'out', 'deep', `o'ut.${format}`);
        const commit = await engine.run(exported(path, format));
        expect(commit).toMatchObject({
          rows: 2,
          changed: [ALL_TIME],
          version: { path },
          seen: { daily0123456789: 1 },
        });
        expect((await engine.run(exported(path, format))).changed).toEqual([]);
        expect((await engine.run(load(file(path, { format })))).rows).toBe(2);
        expect(await readdir(join(folder, 'out', 'deep'))).toEqual([`o'ut.${format}`]);
      });
    }

    withEngine('the SELECT of an export keeps its order', async ({ engine, folder }) => {
      await engine.run(input);
      const path = join(folder, 'out.csv');
      await engine.run(exported(path, 'csv', 'SELECT id FROM input_0 ORDER BY id DESC'));
      expect(await readFile(path, 'utf8')).toBe('id\n2\n1\n');
    });

    withEngine(
      'an export that fails leaves the file there was, and nothing beside it',
      async ({ engine, folder }) => {
        await engine.run(input);
        const out = join(folder, 'out');
        await mkdir(out);
        const path = join(out, 'out.csv');
        await engine.run(exported(path, 'csv'));
        const before = await readFile(path, 'utf8');
        await engine.run({ ...input, sql: valuesText([[1, 1, 99]]) });
        const checks = [check({ type: 'row_count' as const, min: 5, max: null })];
        await expect(engine.run({ ...exported(path, 'csv'), checks })).rejects.toMatchObject({
          code: 'ENGINE_CHECK_FAILED',
        });
        await expect(
          engine.run(exported(path, 'csv', `SELECT CAST('x' || id AS INTEGER) FROM input_0`)),
        ).rejects.toMatchObject({
          code: 'ENGINE_SQL',
        });
        expect(await readFile(path, 'utf8')).toBe(before);
        expect(await readdir(out)).toEqual(['out.csv']);
      },
    );

    withEngine('a file cannot be written below another file', async ({ engine, folder }) => {
      await engine.run(input);
      await writeFile(join(folder, 'plain'), '');
      await expect(engine.run(exported(join(folder, 'plain', 'out.csv'), 'csv'))).rejects.toMatchObject({
        code: 'ENGINE_UNWRITABLE',
      });
    });

    withEngine('a source has checks of its own', async ({ engine, folder }) => {
      const path = join(folder, 'a.csv');
      await writeFile(path, csv);
      const checks = [check({ type: 'freshness' as const, column: 'ts', maxAgeMs: 1000 })];
      await expect(engine.run(load(file(path), { checks, now: day(9) }))).rejects.toMatchObject({
        code: 'ENGINE_CHECK_FAILED',
      });
    });
  });
}
