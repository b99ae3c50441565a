/**
 * Everything a change must pass beside the tests. All steps run, so that one look shows all that is
 * wrong; the exit code is that of the first that failed.
 */
import { join } from 'node:path';
import { capture, run, scratch } from './command.js';
import { packAll } from './pack.js';

/** @type {readonly string[]} */
let tarballs = [];

/** @type {readonly (readonly [string, () => number])[]} */
const steps = [
  ['build', () => run('tsc', ['--build']) || run('node', ['tools/vendor.js'])],
  ['lint', () => run('oxlint', ['--deny-warnings', '--report-unused-disable-directives'])],
  ['format', () => run('oxfmt', ['--check'])],
  ['layers', () => run('node', ['tools/check-boundaries.js', '--self-test'])],
  ['knip', () => run('knip', ['--no-config-hints'])],
  ['pack', () => pack()],
  ['publint', () => eachTarball('publint', (file) => ['run', '--strict', file])],
  ['attw', () => eachTarball('attw', (file) => [file, '--profile', 'esm-only', '--format', 'ascii'])],
];

/** @type {string[]} */
const failed = [];
let exitCode = 0;
for (const [name, step] of steps) {
  console.log(`\n── ${name}`);
  const startedAt = Date.now();
  const code = step();
  console.log(
    `${name}: ${code === 0 ? 'passes' : 'fails'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`,
  );
  if (code === 0) continue;
  failed.push(name);
  exitCode ||= code;
}
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll checks pass.');
process.exit(exitCode);

function pack() {
  tarballs = packAll(join(scratch, 'packed')).map(({ tarball }) => tarball);
  return 0;
}

/**
 * Runs a check on the tarball of every package and app; shows what it says only when it fails.
 *
 * @param {string} command
 * @param {(file: string) => readonly string[]} args
 * @returns {number} The first exit code that is not 0, or 0.
 */
function eachTarball(command, args) {
  let firstCode = 0;
  for (const file of tarballs) {
    const { code, output } = capture(command, args(file));
    if (code !== 0) console.log(output);
    firstCode ||= code;
  }
  return firstCode;
}
