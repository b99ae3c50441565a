import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { sha256 } from '@seeknal/manifest';
import type { Query } from '@seeknal/sql-ast';

/** Raised when trees that were written before mean something else. */
const FORMAT = 1;

interface Kept {
  readonly format: typeof FORMAT;
  /** Of the tool, which goes up with each of its parsers. */
  readonly version: string;
  /** Trees without places, by the hash of their text. */
  readonly trees: { readonly [hash: string]: Query };
}

const fileIn = (target: string): string => join(target, 'cache', 'queries.json');

/**
 * The trees of queries, by their text: those that were read before from `target/cache/queries.json`, the others
 * from `read`, which gets all of them at once and leaves out what it cannot read. Places in the text are gone.
 * What another version wrote, or what is damaged, counts for nothing; the file can be deleted at any time.
 */
export async function readQueries(
  texts: ReadonlySet<string>,
  target: string,
  version: string,
  read: (texts: readonly string[]) => Promise<ReadonlyMap<string, Query>>,
): Promise<ReadonlyMap<string, Query>> {
  const hashes = new Map([...texts].map((text) => [text, sha256(text)]));
  const trees = await keptTrees(fileIn(target), version);
  const known = [...hashes].flatMap(([text, hash]) => {
    const tree = Object.hasOwn(trees, hash) ? trees[hash] : undefined;
    return tree === undefined ? [] : [[text, tree] as const];
  });
  const found = new Map(known);
  const others = [...texts].filter((text) => !found.has(text));
  if (others.length === 0) return found;
  for (const [text, tree] of await read(others)) found.set(text, withoutPlaces(tree));
  const now: Kept = {
    format: FORMAT,
    version,
    trees: Object.fromEntries([...found].map(([text, tree]) => [hashes.get(text), tree])),
  };
  await keep(fileIn(target), JSON.stringify(now));
  return found;
}

async function keptTrees(file: string, version: string): Promise<Kept['trees']> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Kept;
    return kept.format === FORMAT && kept.version === version ? kept.trees : {};
  } catch {
    // Absent, unreadable, cut in half: all the same.
    return {};
  }
}

/** A folder that cannot be written keeps nothing; nobody needs to know. */
async function keep(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, file);
  } catch {
    await rm(beside, { force: true }).catch(() => {});
  }
}

/** The same whether a tree comes from the file or was read just now. */
const withoutPlaces = (tree: Query): Query =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'span' ? null : value))) as Query;
