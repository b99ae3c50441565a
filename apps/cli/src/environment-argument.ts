import { nearest, select } from '@seeknal/manifest';
import type { Project } from '@seeknal/sdk';

import { CliError } from './errors.ts';

/** The environment that a command is about, and the selectors beside it. */
export interface Target {
  readonly environment: string;
  readonly selectors: readonly string[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/u;

/**
 * Tells the environment of `plan dev` from the node of `plan daily`: what is there as an environment is one,
 * what names a node is a selector, anything else that could be a name is a new environment.
 *
 * @throws {CliError} `CLI_USAGE` for a new name that looks like a misspelt one.
 */
export async function targetOf(
  words: readonly string[],
  named: string | undefined,
  project: Project,
): Promise<Target> {
  const [first, ...rest] = words;
  if (named !== undefined) return { environment: named, selectors: words };
  if (first === undefined || first === 'prod') return { environment: 'prod', selectors: rest };
  const known = await environmentNames(project);
  if (known.includes(first)) return { environment: first, selectors: rest };
  if (!NAME.test(first) || namesNode(project, first)) return { environment: 'prod', selectors: words };
  const names = Object.values(project.manifest.nodes).map(({ name }) => name);
  const near = nearest(first, [...known, ...names]);
  if (near === null || near.toLowerCase() === first.toLowerCase()) {
    return { environment: first, selectors: rest };
  }
  throw CliError.usage(
    `There is no environment and no node "${first}".`,
    `Did you mean ${near}? A new environment of that name: --env ${first}`,
  );
}

export async function environmentNames(project: Project): Promise<readonly string[]> {
  return (await project.environments.listEnvironments()).map(({ name }) => name);
}

function namesNode({ manifest }: Project, word: string): boolean {
  try {
    return select(manifest, [word]).size > 0;
  } catch {
    return false;
  }
}
