import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new folder on the disk of the temporary files, gone when the process ends well or by Ctrl-C. */
export async function scratchFolder() {
  return mkdtemp(join(tmpdir(), 'seeknal-benchmark-'));
}

/** @param {string} folder */
export const removeFolder = (folder) => rm(folder, { recursive: true, force: true });

/**
 * Writes a project: its settings, and a file for each path.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} files
 */
export async function writeProject(folder, files) {
  const all = { 'seeknal_project.yml': 'name: benchmark\nversion: 1.0.0\n', ...files };
  for (const [path, text] of Object.entries(all)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Forgets what ran: the tables, the state, the cache. @param {string} folder */
export const forgetRuns = (folder) => removeFolder(join(folder, 'target'));

/**
 * The YAML of a transform.
 *
 * @param {{ name: string, inputs: readonly string[], sql: string, more?: readonly string[] }} node
 */
export const transformYaml = ({ name, inputs, sql, more = [] }) =>
  [
    'kind: transform',
    `name: ${name}`,
    `inputs: [${inputs.map((ref) => `{ref: ${ref}}`).join(', ')}]`,
    ...more,
    'transform: |',
    ...sql
      .trim()
      .split('\n')
      .map((line) => `  ${line}`),
    '',
  ].join('\n');

/**
 * The YAML of a source over a file.
 *
 * @param {{ name: string, format: string, path: string, timeColumn?: string }} node
 */
export const sourceYaml = ({ name, format, path, timeColumn }) =>
  [
    'kind: source',
    `name: ${name}`,
    `source: ${format}`,
    `table: ${path}`,
    ...(timeColumn === undefined ? [] : [`time_column: ${timeColumn}`]),
    '',
  ].join('\n');

/** What makes a transform a daily one. @param {string} start */
export const daily = (start) => ['schedule: "@daily"', `start: ${start}`, 'time_column: day'];
