import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { capture } from './command.js';

/** All of the package with croner, minified and compressed, may weigh this much in a page. */
const limitBytes = 20_000;

/**
 * Installs the packed interval package by itself and looks at what came with it, what it answers, and what it
 * weighs in a browser.
 *
 * @param {string} tarball
 * @param {string} folder Made here; must not be inside the repository, whose packages would be found from there.
 * @returns {Promise<readonly string[]>} What is wrong, one sentence each.
 */
export async function intervalsAloneProblems(tarball, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = (/** @type {readonly string[]} */ ...args) => capture('npm', args, { cwd: folder });
  const installed = npm('install', '--no-audit', '--no-fund', '--loglevel=error', tarball);
  if (installed.code !== 0) return [`npm cannot install ${tarball}: ${installed.output}`];

  const listed = npm('ls', '--all', '--loglevel=error');
  console.log(listed.output.trim());
  const names = packagesIn(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  const problems = [];
  if (listed.code !== 0) problems.push(`npm ls ends with exit code ${listed.code}.`);
  if (names.join() !== '@seeknal/intervals,croner') problems.push(`It installs ${names.join(', ')}.`);

  const script =
    "import('@seeknal/intervals').then(({ schedule }) => console.log(schedule('@daily').next(0)))";
  const answered = capture('node', ['-e', script], { cwd: folder });
  if (answered.output.trim() !== '86400000') problems.push(`In Node it says: ${answered.output}`);

  const bytes = await bytesInBrowser(folder);
  console.log(`@seeknal/intervals with croner: ${bytes} bytes in a browser, minified and gzipped.`);
  if (bytes > limitBytes) problems.push(`It weighs ${bytes} bytes in a browser; ${limitBytes} are allowed.`);
  return problems;
}

/** @param {{ packages: Record<string, unknown> }} lockfile */
const packagesIn = ({ packages }) =>
  Object.keys(packages)
    .filter((path) => path !== '')
    .map((path) => path.replace(/^.*node_modules\//, ''))
    .toSorted();

/** @param {string} folder */
async function bytesInBrowser(folder) {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@seeknal/intervals';", resolveDir: folder },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}
