import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject, Manifest } from '@seeknal/manifest';

import { writeAtomically } from './atomic-write.ts';
import { fileStamp, isSameStamp, type FileStamp } from './file-stamp.ts';
import type { Problem } from './problem.ts';
import { nodeFiles, PROFILES_FILE, PROJECT_FILE } from './project-files.ts';
import type { ProjectSettings } from './project-settings.ts';

/** Of the cache, relative to the project. Deleting it is always safe. */
export const CACHE_FILE = 'target/cache/manifest.json';

/** A file changed this shortly before being looked at may change again and keep its stamp. */
const TOO_FRESH_MS = 2000;

/** Raised when what is written here changes its meaning. */
const FORMAT = 2;

interface Cache {
  readonly format: typeof FORMAT;
  readonly toolVersion: string;
  readonly params: string;
  /** Hash of each variable's value, null where it was not set. */
  readonly variables: { readonly [name: string]: string | null };
  readonly stamps: readonly ProjectStamp[];
  readonly manifest: Manifest;
  readonly settings: Omit<ProjectSettings, 'folder'>;
  readonly warnings: readonly Problem[];
}

/** The stamp of a file, and the hash of its bytes where the stamp alone would not tell that it changed. */
export interface ProjectStamp extends FileStamp {
  readonly sha256?: string;
}

export type CachedProject = Pick<Cache, 'manifest' | 'warnings'> & { readonly settings: ProjectSettings };

/** The files a manifest is made from as they are now; null when one is gone while being looked at. */
export async function projectStamps(folder: string): Promise<readonly ProjectStamp[] | null> {
  const files = await nodeFiles(folder);
  const stamps = await Promise.all(
    [PROJECT_FILE, PROFILES_FILE, ...files].map((path) => fileStamp(folder, path)),
  );
  const [, profiles] = stamps;
  const found = stamps.filter((stamp) => stamp !== null);
  return found.length === stamps.length - (profiles === null ? 1 : 0) ? found : null;
}

/** The stamps with the hashes that those of just changed files need. */
export const hashedStamps = (
  folder: string,
  stamps: readonly ProjectStamp[],
): Promise<readonly ProjectStamp[]> =>
  Promise.all(
    stamps.map(async (stamp) => {
      const isFresh = [stamp.mtimeNs, stamp.ctimeNs].some(
        (ns) => Number(BigInt(ns) / 1_000_000n) > Date.now() - TOO_FRESH_MS,
      );
      return isFresh ? { ...stamp, sha256: await contentHash(folder, stamp) } : stamp;
    }),
  );

/** The project as the cache has it, if nothing it was made from has changed; null otherwise, or in any doubt. */
export async function cachedProject(
  folder: string,
  stamps: readonly ProjectStamp[] | null,
  toolVersion: string,
  params: JsonObject,
  env: { readonly [name: string]: string | undefined },
): Promise<CachedProject | null> {
  if (stamps === null) return null;
  try {
    const text = await readFile(join(folder, CACHE_FILE), 'utf8');
    const end = text.lastIndexOf('\n');
    // The last line is the hash of the rest: a file cut or edited by hand is no cache.
    if (text.slice(end + 1) !== hash(text.slice(0, end))) return null;
    const cache = JSON.parse(text.slice(0, end)) as Cache;
    const isCurrent =
      cache.format === FORMAT &&
      cache.toolVersion === toolVersion &&
      cache.params === JSON.stringify(params) &&
      cache.stamps.length === stamps.length &&
      cache.stamps.every((stamp, i) => isSameStamp(stamp, stamps[i] as FileStamp)) &&
      (await haveSameBytes(folder, cache.stamps)) &&
      Object.entries(cache.variables).every(
        ([name, value]) => value === hashOf(Object.hasOwn(env, name) ? env[name] : undefined),
      );
    return isCurrent
      ? { manifest: cache.manifest, warnings: cache.warnings, settings: { ...cache.settings, folder } }
      : null;
  } catch {
    // Absent, unreadable, damaged: the files of the project are the truth.
    return null;
  }
}

/**
 * Whether a setting has a secret written out, against all advice: it stands in the author's own file, and in no
 * other. `${VAR}` is kept as it is written.
 */
const mayHoldSecret = (options: JsonObject): boolean =>
  Object.entries(options).some(([key, value]) => {
    const text = JSON.stringify(value).replaceAll(/\$\{[^}]*\}/gu, '');
    return (/token|secret|password/iu.test(key) && /\w/u.test(text)) || /\?|@|eyJ/u.test(text);
  });

/**
 * Keeps a project for the next command, unless its files changed since `stamps` were taken, before they were
 * parsed, or secrets are written out in them. A folder that cannot be written to only costs the time to parse again.
 */
export async function keepProject(
  folder: string,
  stamps: readonly ProjectStamp[] | null,
  toolVersion: string,
  params: JsonObject,
  consulted: ReadonlyMap<string, string | undefined>,
  project: CachedProject,
): Promise<void> {
  if (mayHoldSecret(project.settings.stateOptions)) return;
  const after = await projectStamps(folder);
  const isSame =
    stamps?.length === after?.length &&
    stamps?.every((stamp, i) => isSameStamp(stamp, after?.[i] as FileStamp));
  if (stamps === null || isSame !== true || !(await haveSameBytes(folder, stamps))) return;
  const { folder: _folder, ...settings } = project.settings;
  const cache: Cache = {
    format: FORMAT,
    toolVersion,
    params: JSON.stringify(params),
    variables: Object.fromEntries([...consulted].map(([name, value]) => [name, hashOf(value)])),
    stamps,
    manifest: project.manifest,
    settings,
    warnings: project.warnings,
  };
  const text = JSON.stringify(cache);
  await writeAtomically(join(folder, CACHE_FILE), `${text}\n${hash(text)}`).catch(() => {});
}

async function haveSameBytes(folder: string, stamps: readonly ProjectStamp[]): Promise<boolean> {
  const hashed = stamps.filter(({ sha256 }) => sha256 !== undefined);
  const hashes = await Promise.all(hashed.map((stamp) => contentHash(folder, stamp)));
  return hashed.every(({ sha256 }, i) => sha256 === hashes[i]);
}

const contentHash = async (folder: string, { path }: FileStamp): Promise<string> =>
  readFile(join(folder, path)).then(
    (bytes) => createHash('sha256').update(bytes).digest('hex'),
    () => '',
  );

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const hashOf = (value: string | undefined): string | null => (value === undefined ? null : hash(value));
