import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { loadProject, ProjectError, type LoadOptions, type Problem, type Project } from './index.ts';

const folders: string[] = [];

/** A folder with these files, and a `seeknal_project.yml` unless one is among them. */
export function projectFolder(files: { readonly [path: string]: string | Uint8Array }): string {
  const folder = mkdtempSync(join(tmpdir(), 'seeknal-project-'));
  folders.push(folder);
  write(folder, { 'seeknal_project.yml': 'name: shop\n', ...files });
  return folder;
}

/** Writes files below a folder. */
export function write(folder: string, files: { readonly [path: string]: string | Uint8Array }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Loads a project of these files, without a cache. */
export const load = (
  files: { readonly [path: string]: string | Uint8Array },
  options: LoadOptions = {},
): Promise<Project> => loadProject(projectFolder(files), { env: {}, cache: false, now: 0, ...options });

/** The problems a project of these files is refused with. */
export async function problemsOf(
  files: { readonly [path: string]: string | Uint8Array },
  options: LoadOptions = {},
): Promise<readonly Problem[]> {
  try {
    await load(files, options);
    return [];
  } catch (error) {
    if (error instanceof ProjectError) return error.problems;
    throw error;
  }
}

/** A source to read from. */
export const ORDERS: { readonly [path: string]: string } = {
  'seeknal/sources/orders.yml': 'kind: source\nname: orders\nsource: csv\ntable: data/orders.csv\n',
};

/** Removes every folder made here. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
