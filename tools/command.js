import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The one version of pnpm the repository is installed and packed with. */
export const pnpmVersion = '12.21.0';

/** Where pnpm lives: outside node_modules, which pnpm itself may empty. */
export const pnpmFolder = join(root, '.tools', `pnpm-${pnpmVersion}`);

/** Everything the tools write: ignored by git, safe to delete. */
export const scratch = join(root, '.tools');

/**
 * Runs a command of the repository, of its pnpm, or of the machine, with its output passed through.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {number} The exit code; 130 when interrupted, 127 when the command cannot be started.
 */
export function run(command, args, { cwd = root, env = {} } = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`Cannot start ${command}: ${error.message}`);
  return status ?? (signal === 'SIGINT' ? 130 : error ? 127 : 1);
}

/**
 * Runs a command and ends the process with its exit code when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 */
export function must(command, args, options) {
  const code = run(command, args, options);
  if (code !== 0) process.exit(code);
}

/**
 * Runs a command quietly.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {{ code: number, output: string }} `output` holds stdout, then stderr.
 */
export function capture(command, args, { cwd = root, env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...environment(), ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
  });
  return { code: status ?? 1, output: error ? error.message : `${stdout}${stderr}` };
}

/** The environment of every child: the repository's commands first on the path. */
function environment() {
  const folders = [join(root, 'node_modules', '.bin'), join(pnpmFolder, 'node_modules', '.bin')];
  return {
    ...process.env,
    PATH: [...folders, process.env.PATH].join(delimiter),
    NX_DAEMON: 'false',
  };
}
