import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { readPythonState } from './python-state.ts';
import { pythonTime, readPythonIntervals, readPythonTime } from './python-time.ts';
import { exportRunState } from './run-state-export.ts';

const HARBOR = fileURLToPath(new URL('../../../../shared/fixtures/harbor/target', import.meta.url));
const JAN = (day: number, hour = 0): number => Date.UTC(2024, 0, day, hour);

async function folderWith(files: { readonly [name: string]: unknown }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-python-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const readJson = (path: string): { [key: string]: unknown } =>
  JSON.parse(readFileSync(path, 'utf8')) as { [key: string]: unknown };

const withHarbor = existsSync(HARBOR) ? test : test.skip;

test.each([
  ['2024-01-01', JAN(1)],
  ['2024-01-01T05:00:00', JAN(1, 5)],
  ['2024-01-01 05:00', JAN(1, 5)],
  ['2024-01-05T08:00:00.123456', JAN(5, 8) + 123],
  ['2024-01-01T05:00:00Z', JAN(1, 5)],
  ['2024-01-01T05:00:00+02:00', JAN(1, 3)],
  ['2024-13-01', undefined],
  ['soon', undefined],
  [7, undefined],
  [undefined, undefined],
])('the time %j is read as %s', (text, instant) => {
  expect(readPythonTime(text)).toBe(instant);
});

test.each([
  [JAN(1), '2024-01-01T00:00:00'],
  [JAN(5, 8) + 123, '2024-01-05T08:00:00.123000'],
])('%d is written as %s, and read back', (instant, text) => {
  expect(pythonTime(instant)).toBe(text);
  expect(readPythonTime(text)).toBe(instant);
});

test.each([
  ['2024-01-01T00:00:00', '2024-01-01T23:59:59', [JAN(1), JAN(2)]],
  ['2024-01-01T00:00:00', '2024-01-01T23:59:59.999999', [JAN(1), JAN(2)]],
  ['2024-01-01T00:00:00', '2024-01-02T00:00:00', [JAN(1), JAN(2)]],
  ['2024-01-01T05:00:00', '2024-01-01T05:59:59', [JAN(1, 5), JAN(1, 6)]],
  ['2024-01-01', '2024-01-02', [JAN(1), JAN(2)]],
  ['2024-01-02', '2024-01-01', null],
  ['2024-01-02', 'later', null],
])('the interval %s to %s', (start, end, read) => {
  const { set, refused } = readPythonIntervals([[start, end]]);
  expect(set.map((interval) => [interval.start, interval.end])).toEqual(read ? [read] : []);
  expect(refused).toHaveLength(read ? 0 : 1);
});

withHarbor('the harbor fixture: both forms of an interval are read, Jan 1 and Jan 2 are done', () => {
  const state = readPythonState(HARBOR);
  expect(state).toMatchObject({ runId: '20240105_080000', lastRun: JAN(5, 8), notes: [] });
  expect(Object.keys(state?.nodes ?? {})).toHaveLength(8);
  expect(state?.nodes['transform.clean_parcels']).toEqual({
    hash: 'd5e3846ae3c3881ce7bafbcd0de0e98cf58b014da0e0b90ab7331656fb2cedab',
    lastRun: JAN(5, 8),
    status: 'success',
    durationMs: 12,
    rowCount: 7,
    fingerprint: null,
    completedIntervals: [[JAN(1), JAN(3)]],
    completedPartitions: [],
    restatementIntervals: [],
    metadata: expect.objectContaining({ version: 1, engine: 'duckdb', last_watermark: null }),
  });
});

const EMPTY = {
  hash: '',
  lastRun: null,
  status: 'pending',
  durationMs: 0,
  rowCount: 0,
  fingerprint: null,
  completedIntervals: [],
  completedPartitions: [],
  restatementIntervals: [],
  metadata: {},
};

test.each([
  ['a node without any key', { 'run_state.json': { nodes: { a: {} } } }, { a: EMPTY }],
  [
    'version 1',
    { 'run_state.json': { version: '1.0.0', nodes: { a: { status: 'cached' } } } },
    { a: { ...EMPTY, status: 'cached' } },
  ],
  ['an environment’s marker', { 'run_state.json': { applied: true, env_name: 'dev' } }, {}],
  ['an unknown status', { 'run_state.json': { nodes: { a: { status: 'odd', hash: 7 } } } }, { a: EMPTY }],
  [
    'the oldest form',
    {
      'state/execution_state.json': {
        a: { status: 'success', duration: 1.5, row_count: 3, last_run: '2024-01-01T00:00:00' },
      },
    },
    { a: { ...EMPTY, status: 'success', durationMs: 1500, rowCount: 3, lastRun: JAN(1) } },
  ],
  [
    'both, of which the newer counts',
    { 'run_state.json': { nodes: {} }, 'state/execution_state.json': { a: {} } },
    {},
  ],
])('%s is read', async (_name, files, nodes) => {
  expect(readPythonState(await folderWith(files))?.nodes).toEqual(nodes);
});

test('an interval that cannot be read is left out and named', async () => {
  const folder = await folderWith({
    'run_state.json': { nodes: { a: { completed_intervals: [['x', 'y'], 3] } } },
  });
  const state = readPythonState(folder);
  expect(state?.nodes['a']?.completedIntervals).toEqual([]);
  expect(state?.notes).toEqual([expect.stringContaining('["x","y"]'), expect.stringContaining(': 3')]);
});

test('no file is no state; a damaged one is refused by name', async () => {
  expect(readPythonState(await folderWith({}))).toBeNull();
  for (const text of ['{"nodes":', '[]', '']) {
    const folder = await folderWith({ 'run_state.json': text });
    expect(() => readPythonState(folder)).toThrow(join(folder, 'run_state.json'));
  }
});

const RUN = {
  runId: 'run-9',
  finishedAt: JAN(9),
  config: { full: false },
  nodes: {
    'transform.a': {
      hash: 'h',
      status: 'success' as const,
      lastRun: JAN(9),
      durationMs: 5,
      rowCount: 2,
      completedIntervals: [[JAN(1), JAN(3)]] as const,
    },
  },
};

test('the export is what the Python seknal reads', async () => {
  const folder = join(await folderWith({}), 'target');
  expect(exportRunState(folder, RUN)).toBeNull();
  expect(readJson(join(folder, 'run_state.json'))).toEqual({
    schema_version: '2.0',
    seeknal_version: '2.0.0',
    written_by: '@seeknal/state-file',
    last_run: '2024-01-09T00:00:00',
    run_id: 'run-9',
    config: { full: false },
    nodes: {
      'transform.a': {
        version: 1,
        iceberg_snapshot_id: null,
        iceberg_snapshot_timestamp: null,
        iceberg_table_ref: null,
        iceberg_schema_version: null,
        last_watermark: null,
        pg_last_watermark: null,
        pg_time_column: null,
        hash: 'h',
        last_run: '2024-01-09T00:00:00',
        status: 'success',
        duration_ms: 5,
        row_count: 2,
        metadata: {},
        completed_intervals: [['2024-01-01T00:00:00', '2024-01-03T00:00:00']],
      },
    },
  });
  expect(readPythonState(folder)?.nodes['transform.a']).toMatchObject(RUN.nodes['transform.a']);
});

withHarbor('exporting over a Python file keeps what it does not know, after one backup', async () => {
  const folder = await folderWith({});
  await cp(join(HARBOR, 'run_state.json'), join(folder, 'run_state.json'));
  const before = await readFile(join(folder, 'run_state.json'), 'utf8');
  const backup = join(folder, 'run_state.json.bak.20240105_080000');
  const nodes = { 'transform.clean_parcels': { rowCount: 8 }, 'transform.a': RUN.nodes['transform.a'] };
  expect(exportRunState(folder, { ...RUN, nodes })).toBe(backup);
  expect(exportRunState(folder, { ...RUN, runId: 'run-10', nodes })).toBeNull();
  expect(await readFile(backup, 'utf8')).toBe(before);
  expect((await readdir(folder)).toSorted()).toEqual([
    'run_state.json',
    'run_state.json.bak.20240105_080000',
  ]);
  const after = readPythonState(folder);
  const python = readPythonState(HARBOR);
  expect(after?.nodes).toEqual({
    ...python?.nodes,
    'transform.clean_parcels': { ...python?.nodes['transform.clean_parcels'], rowCount: 8 },
    'transform.a': after?.nodes['transform.a'],
  });
});

test('a file that cannot be read is backed up and replaced, and a run id reaches no other folder', async () => {
  const folder = await folderWith({ 'run_state.json': '{"nodes":' });
  expect(exportRunState(folder, { ...RUN, runId: '../../evil' })).toBe(
    join(folder, 'run_state.json.bak.______evil'),
  );
  expect(readPythonState(folder)?.runId).toBe('../../evil');
});

test('a folder that cannot be written is named', async () => {
  const folder = await folderWith({ target: 'a file' });
  expect(() => exportRunState(join(folder, 'target'), RUN)).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  );
});
