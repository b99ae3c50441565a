import type { Interval } from '@seeknal/intervals';
import { select } from '@seeknal/manifest';
import type { NodeIntervals, PlanOptions, Project } from '@seeknal/sdk';

import { later } from './elsewhere.ts';
import { CliError } from './errors.ts';
import { rangeOf, type Session } from './session.ts';

/** The flags that `withSelection` adds. */
export interface SelectionFlags {
  readonly select?: readonly string[];
  readonly nodes?: readonly string[];
  readonly node?: readonly string[];
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly types?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly full?: boolean;
  readonly params?: { readonly [name: string]: unknown };
  readonly env?: string;
}

/** @throws {CliError} `CLI_COMMAND_LATER` for an environment that this version does not have. */
export function requireProd(environment: string | undefined): void {
  if (environment !== undefined && environment !== 'prod') throw later(`run --env ${environment}`);
}

/** What of the project a command is about, as the sdk takes it. */
export async function planOptions(
  selectors: readonly string[],
  flags: SelectionFlags,
  session: Session,
  project: Project,
): Promise<PlanOptions> {
  const nodes = [...(flags.nodes ?? []), ...(flags.node ?? [])];
  const select = [...(flags.select ?? []), ...selectors];
  return {
    range: await rangeOf(flags, session, project),
    full: flags.full ?? false,
    ...(nodes.length > 0 && { nodes }),
    ...(select.length > 0 && { select }),
    ...(flags.tags !== undefined && { tags: flags.tags }),
    ...(flags.excludeTags !== undefined && { excludeTags: flags.excludeTags }),
    ...(flags.types !== undefined && { types: flags.types }),
  };
}

/** The intervals of exactly the nodes that selectors name; of all nodes without selectors. */
export async function intervalsOf(
  project: Project,
  selectors: readonly string[],
  range: Interval | null = null,
): Promise<readonly NodeIntervals[]> {
  if (selectors.length === 0) return project.intervals({ range });
  const named = select(project.manifest, selectors);
  // The project adds the files and views that the named nodes read: they were not asked for.
  return (await project.intervals({ select: selectors, range })).filter(({ node }) => named.has(node));
}

/** Selectors given by themselves and by `--node`, together. */
export const nodeList = (positional: readonly string[], flag: readonly string[] = []): readonly string[] => [
  ...positional,
  ...flag,
];

/**
 * The one node that a selector names.
 *
 * @throws {CliError} `CLI_USAGE` when it names several.
 */
export function oneNode({ manifest }: Project, selector: string): string {
  const ids = [...select(manifest, [selector])];
  if (ids.length === 1) return ids[0] as string;
  throw CliError.usage(`"${selector}" names ${ids.length} nodes: ${ids.join(', ')}.`, 'Name one of them.');
}
