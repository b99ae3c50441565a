import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import type { SourceSpec } from '@seeknal/manifest';

import { ProjectError } from './errors.ts';
import { fileStamp, isSameStamp, type FileStamp } from './file-stamp.ts';
import { globPattern, globRoot, isGlob } from './glob.ts';

/** A file of a source: its stamp, and the hash of its bytes. */
export interface SourceFile extends FileStamp {
  readonly sha256: string;
}

/** What a source's files held when they were last looked at. Plain JSON. */
export interface SourceVersion {
  /** By path; relative to the project unless the source's path is absolute. */
  readonly files: readonly SourceFile[];
  /** Hash of the paths and hashes of all files: equal versions mean equal bytes. */
  readonly version: string;
  /** When the hashes were taken, in ms. */
  readonly checkedAt: number;
}

/** Two changes this close may leave a file with the same stamp. */
const CLOCK_DOUBT_MS = 2000;

/**
 * Tells what the files of a source hold now. A file whose stamp (size, times in ns, inode) is the one known,
 * and was not made within two seconds of being looked at, is taken to be unchanged; every other is hashed.
 *
 * @param known What was found before, or null.
 * @param now In ms; kept as the time of the look.
 * @throws {ProjectError} `SOURCE_FILE_MISSING` when the file, or any match of a pattern, is not there;
 *   `SOURCE_FILE_UNREADABLE`.
 */
export async function sourceVersion(
  projectFolder: string,
  spec: Pick<SourceSpec, 'path'>,
  known: SourceVersion | null,
  now: number,
): Promise<SourceVersion> {
  const base = isAbsolute(spec.path) ? '' : projectFolder;
  const paths = isGlob(spec.path) ? await matches(base, spec.path) : [spec.path];
  if (paths.length === 0) throw missing(spec.path, 'No file matches');
  const byPath = new Map(known?.files.map((file) => [file.path, file]));
  const files: SourceFile[] = [];
  for (const path of paths) files.push(await sourceFile(base, path, byPath.get(path), known?.checkedAt ?? 0));
  const version = createHash('sha256');
  for (const { path, sha256 } of files) version.update(`${path}\0${sha256}\n`);
  const isUnchanged =
    known !== null &&
    files.length === known.files.length &&
    files.every((file) => byPath.get(file.path) === file);
  // The time of the look is that of the hashes: a stamp proves nothing about later ones.
  return isUnchanged ? known : { files, version: version.digest('hex'), checkedAt: now };
}

async function sourceFile(
  base: string,
  path: string,
  known: SourceFile | undefined,
  checkedAt: number,
): Promise<SourceFile> {
  try {
    const before = await fileStamp(base, path);
    if (before === null) throw missing(path, 'There is no file');
    if (known !== undefined && isSameStamp(before, known) && !isDoubtful(before, checkedAt)) return known;
    const sha256 = await contentHash(join(base, path));
    const after = await fileStamp(base, path);
    if (after !== null && isSameStamp(before, after)) return { ...after, sha256 };
    // Written to while it was read: the stamp of neither moment belongs to these bytes, so the next look hashes again.
    return { ...(after ?? before), mtimeNs: '0', sha256 };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined || code === 'SOURCE_FILE_MISSING') throw error;
    throw new ProjectError('SOURCE_FILE_UNREADABLE', `The file ${path} cannot be read: ${message}`, {
      hint: code === 'EISDIR' ? 'Name the files in the folder: folder/*.csv.' : 'Check that you may read it.',
      cause: error,
    });
  }
}

const isDoubtful = ({ mtimeNs, ctimeNs }: FileStamp, checkedAt: number): boolean =>
  [mtimeNs, ctimeNs].some((ns) => Number(BigInt(ns) / 1_000_000n) > checkedAt - CLOCK_DOUBT_MS);

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The files a pattern matches, sorted. */
async function matches(base: string, glob: string): Promise<readonly string[]> {
  const pattern = globPattern(glob);
  const deep = glob.includes('**') ? Infinity : glob.split('/').length;
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(join(base, folder === '' ? '.' : folder), { withFileTypes: true }).catch(
      (error: { code?: string }) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
        throw new ProjectError(
          'SOURCE_FILE_UNREADABLE',
          `The folder ${folder} cannot be read (${error.code}).`,
          { cause: error },
        );
      },
    );
    for (const entry of entries) {
      const path = folder === '' ? entry.name : folder === '/' ? `/${entry.name}` : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (path.split('/').length < deep) await walk(path);
      } else if (pattern.test(path)) found.push(path);
    }
  };
  const root = globRoot(glob);
  await walk(root === '' && glob.startsWith('/') ? '/' : root);
  return found.toSorted();
}

const missing = (path: string, what: string): ProjectError =>
  new ProjectError('SOURCE_FILE_MISSING', `${what}: ${path}`, {
    hint: 'Put it there, or correct the path of the source (`table`).',
  });
