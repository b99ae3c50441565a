/**
 * What the npm scripts call. Needs Node and npm only: it fetches pnpm through npm, installs, builds,
 * and then does the task it was asked for.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, pnpmFolder, pnpmVersion, root, run } from './command.js';

refuseOldNode();

const [task = '', ...rest] = process.argv.slice(2);
const tasks = {
  demo: () => buildThen('tools/demo.js'),
  test: () => buildThen('tools/test.js', 'fast'),
  slow: () => buildThen('tools/test.js', 'slow'),
  check: () => run('node', ['tools/check.js', ...rest]),
  packed: () => buildThen('tools/check-packed.js'),
  bench: () => bench(),
  // nx needs pnpm within reach to write the lockfile of a release, and so has its place here.
  release: () => run('nx', ['release', '--skip-publish', ...rest]),
};
if (!Object.hasOwn(tasks, task)) {
  console.error(`No task is called "${task}". There are: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
installPnpm();
installDependencies();
process.exit(tasks[/** @type {keyof typeof tasks} */ (task)]());

/**
 * @param {string} script
 * @param {...string} args
 */
function buildThen(script, ...args) {
  must('tsc', ['--build']);
  must('node', ['tools/vendor.js']);
  return run('node', [script, ...args, ...rest]);
}

function bench() {
  if (existsSync(join(root, 'benchmarks', 'run.js'))) return buildThen('benchmarks/run.js');
  console.error('There are no benchmarks yet: benchmarks/run.js is missing.');
  return 1;
}

/** The range of `engines` in package.json, said in words. */
function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (supported) return;
  console.error(`Seeknal needs Node 20.19, 22.12 or newer, and this is Node ${process.versions.node}.`);
  process.exit(1);
}

function installPnpm() {
  if (existsSync(join(pnpmFolder, 'node_modules', 'pnpm', 'package.json'))) return;
  console.error(`Fetching pnpm ${pnpmVersion} with npm …`);
  mkdirSync(pnpmFolder, { recursive: true });
  // npm leaves the settings of a calling `npm run` in the environment; --prefix here must win over them.
  must(
    'npm',
    ['install', '--prefix', pnpmFolder, '--no-audit', '--no-fund', '--loglevel=error', `pnpm@${pnpmVersion}`],
    {
      cwd: pnpmFolder,
    },
  );
}

/** Installs what the lockfile says, unless the last installation here was of the same lockfile. */
function installDependencies() {
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  // CI=true: pnpm asks no questions, not even where there is no terminal to answer at.
  must('pnpm', ['install', '--frozen-lockfile'], { env: { CI: 'true' } });
  writeFileSync(stamp, lockfile);
}
