import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { capture } from './command.js';

/**
 * @typedef {object} Alone What a package promises to those who install nothing else.
 * @property {string} folder Of the package, from the root.
 * @property {readonly string[]} installs The names of all that comes with it, itself included.
 * @property {string} script Run in Node, with the package as `all`.
 * @property {string} answer What the script prints.
 * @property {number} browserBytes What it may weigh in a page, minified and compressed.
 * @property {number} diskBytes What it may weigh when installed.
 */

/** @type {readonly Alone[]} */
export const promises = [
  {
    folder: 'packages/core-intervals',
    installs: ['@seeknal/intervals', 'croner'],
    script: "console.log(all.schedule('@daily').next(0))",
    answer: '86400000',
    browserBytes: 20_000,
    diskBytes: 2_000_000,
  },
  {
    folder: 'packages/sql-diff',
    installs: ['@seeknal/sql-ast', '@seeknal/sql-diff'],
    script: "console.log((await all.classifySqlChange('select a from t', 'select a, b from t')).category)",
    answer: 'NON_BREAKING',
    browserBytes: 120_000,
    diskBytes: 10_000_000,
  },
];

/**
 * Installs a packed package by itself and looks at what came with it, what it answers, and what it weighs.
 *
 * @param {Alone} promise
 * @param {readonly import('./pack.js').Packed[]} packed Of all packages.
 * @param {string} folder Made here; must not be inside the repository, whose packages would be found from there.
 * @returns {Promise<readonly string[]>} What is wrong, one sentence each.
 */
export async function aloneProblems(promise, packed, folder) {
  const own = packed.filter(({ member }) => promise.installs.includes(member.manifest.name));
  const name = own.find(({ member }) => member.folder === promise.folder)?.member.manifest.name ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = (/** @type {readonly string[]} */ ...args) => capture('npm', args, { cwd: folder });
  const tarballs = own.map(({ tarball }) => tarball);
  const installed = npm('install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs);
  if (installed.code !== 0) return [`npm cannot install ${tarballs.join(' ')}: ${installed.output}`];

  const listed = npm('ls', '--all', '--loglevel=error');
  console.log(listed.output.trim());
  const names = packagesIn(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  const problems = [];
  if (listed.code !== 0) problems.push(`npm ls ends with exit code ${listed.code}.`);
  if (names.join() !== promise.installs.join()) problems.push(`It installs ${names.join(', ')}.`);

  const script = `const all = await import('${name}'); ${promise.script}`;
  const answered = capture('node', ['--input-type=module', '-e', script], { cwd: folder });
  if (answered.output.trim() !== promise.answer) problems.push(`In Node it says: ${answered.output}`);

  const inBrowser = await bytesInBrowser(name, folder);
  const onDisk = bytesIn(join(folder, 'node_modules'));
  console.log(`${promise.installs.join(' with ')}: ${inBrowser} bytes in a browser, ${onDisk} installed.`);
  for (const [bytes, limit, where] of /** @type {const} */ ([
    [inBrowser, promise.browserBytes, 'in a browser'],
    [onDisk, promise.diskBytes, 'installed'],
  ])) {
    if (bytes > limit) problems.push(`It weighs ${bytes} bytes ${where}; ${limit} are allowed.`);
  }
  return problems.map((problem) => `${name} by itself: ${problem}`);
}

/** @param {{ packages: Record<string, unknown> }} lockfile */
const packagesIn = ({ packages }) =>
  Object.keys(packages)
    .filter((path) => path !== '')
    .map((path) => path.replace(/^.*node_modules\//, ''))
    .toSorted();

/** @param {string} folder */
const bytesIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(join(folder, file)))
    .reduce((sum, { size }) => sum + size, 0);

/**
 * @param {string} name
 * @param {string} folder
 */
async function bytesInBrowser(name, folder) {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: folder },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}
