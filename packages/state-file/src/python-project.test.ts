import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';
import type { JsonObject } from '@seeknal/manifest';

import { unchangedPythonNodes } from './index.ts';
import { pythonHash, readNumbersAsText } from './python-hash.ts';

const HARBOR = join(import.meta.dirname, '../../../../shared/fixtures/harbor');
const harborTest = existsSync(HARBOR) ? test : test.skip;

const folders: string[] = [];
function folderOf(files: { readonly [path: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'seeknal-python-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

harborTest('the hashes of harbor are those the Python tool computed (skipped without ../shared)', () => {
  const expected = JSON.parse(readFileSync(join(HARBOR, 'target/expected_hashes.json'), 'utf8')) as object;
  const text = readFileSync(join(HARBOR, 'target/manifest.json'), 'utf8');
  const { nodes } = readNumbersAsText(text) as {
    nodes: { [id: string]: { type: string; config: JsonObject } };
  };
  const hashes = Object.entries(nodes).map(([id, { type, config }]) => {
    const size = type === 'source' ? readFileSync(join(HARBOR, String(config['table']))).length : 0;
    const file = type === 'source' ? { mtimeNs: 1_704_067_200_000_000_000n, size: BigInt(size) } : null;
    return [id, pythonHash(type, config, file)];
  });
  expect(Object.fromEntries(hashes)).toEqual(expected);
});

harborTest('harbor is unchanged once its files are as old as its hashes assume', () => {
  const folder = folderOf({});
  cpSync(HARBOR, folder, { recursive: true });
  expect(Object.keys(unchangedPythonNodes(folder)).filter((id) => id.startsWith('source'))).toEqual([]);
  for (const name of ['hubs', 'parcels'])
    utimesSync(join(folder, `data/${name}.csv`), 1_704_067_200, 1_704_067_200);
  const found = unchangedPythonNodes(folder);
  expect(Object.keys(found)).toHaveLength(8);
  expect(Object.values(found).map(({ rows }) => rows)).toEqual(Array.from({ length: 8 }, () => null));
});

test('numbers are hashed as they are spelt, text beyond ASCII as Python escapes it', () => {
  const config =
    '{"rule": {"b": 1.0, "a": [1, -2500.5, true, null], "é": "å😀\\u007f \\"q\\" 1.0"}, "params": {}}';
  // hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
  expect(pythonHash('rule', readNumbersAsText(config) as JsonObject, null)).toBe(
    '804342115f02e60eddf4013f4805eadcaeb6951c8e3679fdc209836079aa7de5',
  );
});

test('inputs are hashed without their order', () => {
  const of = (inputs: string): string =>
    pythonHash('transform', readNumbersAsText(`{"inputs": ${inputs}}`) as JsonObject, null);
  expect(of('[{"ref": "b.b"}, "a.a"]')).toBe(of('["a.a", {"ref": "b.b"}]'));
});

const state = (hash: string, status = 'success'): string =>
  JSON.stringify({ nodes: { 'transform.t': { hash, status } } });
const manifest = JSON.stringify({
  nodes: { 'transform.t': { type: 'transform', config: { transform: 'SELECT 1' } } },
});
const HASH = pythonHash('transform', { transform: 'SELECT 1' }, null);

test.each<[string, { readonly [path: string]: string }, readonly string[]]>([
  ['no Python project', {}, []],
  ['a state alone', { 'target/run_state.json': state(HASH) }, []],
  ['unchanged', { 'target/run_state.json': state(HASH), 'target/manifest.json': manifest }, ['transform.t']],
  ['changed', { 'target/run_state.json': state('other'), 'target/manifest.json': manifest }, []],
  ['failed', { 'target/run_state.json': state(HASH, 'failed'), 'target/manifest.json': manifest }, []],
])('%s', (_, files, expected) => {
  expect(Object.keys(unchangedPythonNodes(folderOf(files)))).toEqual(expected);
});

test('the rows of a node are named where they are', () => {
  const folder = folderOf({
    'target/run_state.json': state(HASH),
    'target/manifest.json': manifest,
    'target/intermediate/transform_t.parquet': 'rows',
  });
  expect(unchangedPythonNodes(folder)['transform.t']).toEqual({
    config: { transform: 'SELECT 1' },
    rows: join(folder, 'target/intermediate/transform_t.parquet'),
  });
});
