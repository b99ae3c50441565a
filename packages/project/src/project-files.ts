import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { ProjectError } from './errors.ts';
import { LARGEST_FILE } from './limits.ts';
import { problemAt, type Findings } from './problem.ts';
import { sourceText, type SourceText } from './source-text.ts';

export const PROJECT_FILE = 'seeknal_project.yml';
export const PROFILES_FILE = 'profiles.yml';
export const NODES_FOLDER = 'seeknal';

/**
 * The nearest folder, from the one given upwards, that holds `seeknal_project.yml`. Absolute.
 *
 * @throws {ProjectError} `PROJECT_NOT_FOUND`.
 */
export async function findProjectRoot(from: string): Promise<string> {
  const start = resolve(from);
  for (let folder = start; ; folder = dirname(folder)) {
    if (await isFile(join(folder, PROJECT_FILE))) return folder;
    if (folder === dirname(folder)) throw ProjectError.notFound(start);
  }
}

/** Every YAML, SQL and Python file under `seeknal/`, sorted, relative to the project with forward slashes. */
export const nodeFiles = (folder: string): Promise<readonly string[]> =>
  filesUnder(folder, NODES_FOLDER, /\.(?:ya?ml|sql|py)$/i);

/** Files below a folder of the project, sorted, relative to the project; none where there is no such folder. */
export async function filesUnder(folder: string, below: string, named: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true }).catch(orNone);
    for (const entry of entries) {
      const path = `${relative}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__')
        continue;
      if (entry.isDirectory()) await walk(path);
      else if (named.test(entry.name)) found.push(path);
    }
  };
  await walk(below);
  return found.toSorted();
}

/** Reads one file of the project as UTF-8 text; null when it cannot be, which then is among the findings. */
export async function readSource(
  folder: string,
  file: string,
  findings: Findings,
): Promise<SourceText | null> {
  const path = join(folder, file);
  const empty = sourceText(file, '');
  const fail = (code: 'FILE_TOO_LARGE' | 'FILE_UNREADABLE', message: string, hint: string): null => {
    findings.problems.push(problemAt(empty, 0, code, message, hint));
    return null;
  };
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) {
      return fail(
        'FILE_TOO_LARGE',
        `This file has ${size} bytes; ${LARGEST_FILE} is the most that is read.`,
        'Split it: one node a file.',
      );
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
    return sourceText(file, text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return fail('FILE_UNREADABLE', 'This file is not UTF-8 text.', 'Save it as UTF-8.');
    }
    return fail(
      'FILE_UNREADABLE',
      `This file cannot be read (${code ?? String(error)}).`,
      'Check that it exists and that you may read it.',
    );
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function orNone(error: { readonly code?: string; readonly path?: string }): [] {
  if (error.code === 'ENOENT') return [];
  throw new ProjectError('PROJECT_UNREADABLE', `The folder ${error.path} cannot be read (${error.code}).`, {
    hint: 'Check that you may read it.',
    cause: error,
  });
}
