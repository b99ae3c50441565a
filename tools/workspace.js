import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.js';

/**
 * @typedef {object} Manifest The parts of a package.json that the tools read.
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} [bin]
 * @property {readonly string[]} [files]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {{ tags?: readonly string[] }} [nx]
 */

/**
 * @typedef {object} Member A package or an app, which are published, or what their tests use.
 * @property {string} folder Relative to the root, with `/`: `packages/plan`.
 * @property {Manifest} manifest
 * @property {readonly string[]} references Folders its tsconfig.json refers to, relative to the root.
 * @property {readonly string[]} sources Its source files that are not tests, relative to `folder`.
 */

/**
 * Reads the packages and apps of the repository, by folder name.
 *
 * @returns {readonly Member[]}
 */
export function members() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .filter((name) => existsSync(join(root, parent, name, 'package.json')))
      .map((name) => member(`${parent}/${name}`)),
  );
}

/**
 * Reads what only tests use, and nobody publishes.
 *
 * @returns {readonly Member[]}
 */
export const testing = () => [member('tools/testing')];

/**
 * @param {string} folder
 * @returns {Member}
 */
function member(folder) {
  const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, folder, file), 'utf8'));
  /** @type {{ references?: { path: string }[] }} */
  const { references = [] } = read('tsconfig.json');
  return {
    folder,
    manifest: read('package.json'),
    references: references.map(({ path }) => join(folder, path).replaceAll('\\', '/')),
    sources: readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
      .map((file) => join('src', file).replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')),
  };
}
