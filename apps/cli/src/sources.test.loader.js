import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const built = new URL('../dist/index.js', import.meta.url).href;
const nowhere = 'file:///nowhere/index.js';
const source = new URL('./index.ts', import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (specifier === process.env.SEEKNAL_WITHOUT) return next(specifier, { ...context, parentURL: nowhere });
  const conditions = ['@seeknal/source', ...(context.conditions ?? [])];
  const found = await next(specifier, { ...context, conditions });
  return found.url === built ? { ...found, url: source } : found;
}

export async function load(url, context, next) {
  const log = process.env.SEEKNAL_LOADED;
  if (log) appendFileSync(log, `${url}\n`);
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    filename: fileURLToPath(url),
    swcrc: false,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
