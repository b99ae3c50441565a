// Lets child processes of the tests run the sources as they are: node --import <this file> child.test.mjs
// What was translated once is kept, so that a hundred children do not translate everything a hundred times.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

if (isMainThread) register(import.meta.url);

const folder = join(tmpdir(), `seeknal-translated-${userInfo().uid}`);
const options = {
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
  sourceMaps: false,
};

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const hash = createHash('sha256').update(JSON.stringify(options)).update(text).digest('hex');
  const file = join(folder, `${hash}.js`);
  const source = (await readFile(file, 'utf8').catch(() => null)) ?? (await translated(text, file));
  return { format: 'module', source, shortCircuit: true };
}

async function translated(text, file) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, options);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomUUID()}`;
  await writeFile(beside, code);
  await rename(beside, file);
  return code;
}
