import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './command.js';
import { members } from './workspace.js';

/** @typedef {object} Packed
 * @property {import('./workspace.js').Member} member
 * @property {string} tarball Absolute path.
 */

/**
 * Packs every package and app as it would be published; they must have been built.
 *
 * @param {string} folder Emptied first.
 * @returns {readonly Packed[]}
 */
export function packAll(folder) {
  rmSync(folder, { recursive: true, force: true });
  return members().map((member) => {
    const own = join(folder, member.folder);
    mkdirSync(own, { recursive: true });
    must('pnpm', ['--silent', 'pack', '--pack-destination', own], { cwd: join(root, member.folder) });
    const file = readdirSync(own).find((name) => name.endsWith('.tgz'));
    if (file === undefined) throw new Error(`pnpm pack wrote no tarball for ${member.folder}.`);
    return { member, tarball: join(own, file) };
  });
}
