import type { ManifestNode } from './node.ts';

/** Where environments keep what belongs to them; no exposure of `prod` may write there. */
export const ENVIRONMENTS_FOLDER = 'target/environments';

/**
 * Where an exposure's file is written, relative to the project. What an environment other than `prod` writes
 * stands with that environment, whatever the path, and goes with it.
 *
 * @param environment A checked name.
 */
export function exposurePath(
  { name, spec }: Pick<ManifestNode, 'name' | 'spec'>,
  environment: string,
): string {
  const path = spec.kind === 'exposure' ? spec.path : '';
  if (environment === 'prod') return path;
  const file = path.slice(path.lastIndexOf('/') + 1);
  // All of `.csv.gz`: the engine compresses by it.
  const ending = /(?:\.[A-Za-z0-9]+)+$/.exec(file)?.[0] ?? '';
  return `${ENVIRONMENTS_FOLDER}/${environment}/exposures/${name}${ending}`;
}
