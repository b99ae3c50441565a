import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { capture } from './command.js';

/**
 * @typedef {object} Alone What a package promises to those who install nothing else.
 * @property {string} folder Of the package, from the root.
 * @property {readonly string[]} installs The names of all that comes with it, itself included; what differs from
 *   machine to machine is named `<native>`.
 * @property {string} script Run in Node, with the package as `all`.
 * @property {string} answer What the script prints.
 * @property {number} [browserBytes] What it may weigh in a page, minified and compressed; absent: it is for Node.
 * @property {number} diskBytes What it may weigh when installed.
 */

/** What every package needs that keeps a state. */
const STATE = ['intervals', 'manifest', 'plan', 'sql-ast', 'sql-diff', 'state']
  .map((name) => `@seeknal/${name}`)
  .concat('croner');

/**
 * A script that writes to a state and reads it back as another process would.
 *
 * @param {string} opened How to open it.
 */
const remembers = (opened) => `
  const open = async () => { const state = ${opened}; await state.initialize(); return state; };
  const one = await open(); await one.createRun('r1'); await one.close();
  const other = await open(); const { runId, status } = await other.getRun('r1'); await other.close();
  console.log(runId, status);`;

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
  {
    folder: 'packages/state-file',
    installs: STATE.concat('@seeknal/state-file').toSorted(),
    script: remembers("all.openStateFile({ folder: 'target' })"),
    answer: 'r1 pending',
    diskBytes: 10_000_000,
  },
  {
    folder: 'packages/state-libsql',
    installs: STATE.concat(
      ['@seeknal/state-libsql', '<native>', 'drizzle-orm', '@neon-rs/load', '@types/node', '@types/ws'],
      ['client', 'core', 'hrana-client', 'isomorphic-ws'].map((name) => `@libsql/${name}`),
      ['detect-libc', 'js-base64', 'promise-limit', 'undici-types', 'ws'],
    ).toSorted(),
    script: remembers("all.openStateDatabase({ dbPath: 'target/state.db' })"),
    answer: 'r1 pending',
    diskBytes: 45_000_000,
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
  console.log(listed.output.trim().replaceAll(/\n.*UNMET OPTIONAL DEPENDENCY.*/g, ''));
  const names = packagesIn(folder);
  const problems = [];
  if (listed.code !== 0) problems.push(`npm ls ends with exit code ${listed.code}.`);
  if (names.join() !== promise.installs.join()) problems.push(`It installs ${names.join(', ')}.`);

  const script = `const all = await import('${name}'); ${promise.script}`;
  const answered = capture('node', ['--input-type=module', '-e', script], { cwd: folder });
  if (answered.output.trim() !== promise.answer) problems.push(`In Node it says: ${answered.output}`);

  const { browserBytes, diskBytes } = promise;
  const weights = [{ bytes: installedBytes(folder), limit: diskBytes, where: 'installed' }];
  if (browserBytes !== undefined) {
    const bytes = await bytesInBrowser(name, folder);
    weights.push({ bytes, limit: browserBytes, where: 'in a browser' });
  }
  for (const { bytes, limit, where } of weights) {
    console.log(`${name}, ${where}: ${bytes} bytes of ${limit}.`);
    if (bytes > limit) problems.push(`It weighs ${bytes} bytes ${where}; ${limit} are allowed.`);
  }
  return problems.map((problem) => `${name} by itself: ${problem}`);
}

/**
 * The names of what npm put into a folder; of native parts only that there are some.
 *
 * @param {string} folder
 */
function packagesIn(folder) {
  /** @type {{ packages: Record<string, { readonly os?: readonly string[] }> }} */
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const names = Object.entries(packages)
    .filter(([path]) => path !== '' && existsSync(join(folder, path)))
    .map(([path, { os }]) => (os ? '<native>' : path.replace(/^.*node_modules\//, '')));
  return [...new Set(names)].toSorted();
}

/**
 * What npm put into a folder.
 *
 * @param {string} folder
 * @returns {number} Bytes.
 */
export const installedBytes = (folder) =>
  readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(join(folder, 'node_modules', file)))
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
