import type { Interval } from '@seeknal/intervals';
import { select } from '@seeknal/manifest';
import type { NodeIntervals, PlanOptions, Project } from '@seeknal/sdk';

import { CliError } from './errors.ts';
import { saidOptions, type SaidFlags } from './said-change.ts';
import { rangeOf, type Session } from './session.ts';

/** The flags that `withSelection` adds. */
export interface SelectionFlags extends SaidFlags {
  readonly select?: readonly string[];
  readonly nodes?: readonly string[];
  readonly node?: readonly string[];
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly types?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly full?: boolean;
  readonly fullRefresh?: boolean;
  readonly params?: { readonly [name: string]: unknown };
  readonly env?: string;
  readonly from?: string;
  readonly frozen?: boolean;
  readonly skipBackfill?: boolean;
  /** Selectors; of `run`, only whether it was given. */
  readonly restate?: readonly string[] | boolean;
  /** False under `--no-gaps`. */
  readonly gaps?: boolean;
  readonly verify?: boolean | { readonly sample: number };
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
  const range = await rangeOf(flags, session, project);
  const restate = Array.isArray(flags.restate) ? (flags.restate as readonly string[]) : null;
  if (restate !== null && flags.skipBackfill === true) {
    throw CliError.usage('--restate runs, and --skip-backfill runs nothing.', 'Leave one of them out.');
  }
  return {
    // A restatement reaches as far as what was made from its range; what else is missing is run as well.
    range: restate === null ? range : null,
    ...(restate !== null && { restate: { nodes: restate, range } }),
    full: flags.full ?? flags.fullRefresh ?? false,
    ...(flags.env !== undefined && { environment: flags.env }),
    ...(flags.from !== undefined && { from: flags.from }),
    ...(flags.frozen !== undefined && { frozen: flags.frozen }),
    ...(flags.skipBackfill !== undefined && { skipBackfill: flags.skipBackfill }),
    ...saidOptions(flags, session, project),
    ...(flags.gaps === false && { noGaps: true }),
    ...(flags.verify !== undefined && { verify: flags.verify }),
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
