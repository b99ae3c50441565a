import { formatInterval, type Interval } from '@seeknal/intervals';
import { manifestGraph, select, withDescendants } from '@seeknal/manifest';
import type { NodeStretch, PlanOptions, Project } from '@seeknal/sdk';

import { CliError } from '../errors.ts';
import { isAllTime } from '../output/ranges.ts';
import type { Session } from '../session.ts';

/**
 * Turns what `run` was asked for into what `run --restate` runs. With a range, that range of the named nodes
 * is marked and run, with everything that was made from it, however far that reaches, and nothing else.
 * Without one, what is marked already is run.
 *
 * @returns Null where nothing is marked.
 * @throws {CliError} `CLI_USAGE` when a range is given and nothing may be changed, and for filters by tag or kind.
 */
export async function restatedOptions(
  project: Project,
  options: PlanOptions,
  session: Session,
  isPlanOnly: boolean,
): Promise<PlanOptions | null> {
  const { range = null, nodes = [], select: exact = [] } = options;
  const named = [...nodes, ...exact];
  if (options.tags !== undefined || options.excludeTags !== undefined || options.types !== undefined) {
    throw CliError.usage(
      '--restate takes names and selectors, not --tags, --exclude-tags or --types.',
      'Name what is to be restated, such as --node daily or --select tag:daily.',
    );
  }
  if (range !== null && isPlanOnly) {
    throw CliError.usage(
      'A restatement cannot be planned before it is marked.',
      'Mark it with seeknal intervals restate, then look with seeknal run --restate --dry-run.',
    );
  }
  const marked =
    range === null
      ? await markedBefore(project, named)
      : await project.restate({ nodes: named, range, reason: 'run --restate' });
  if (marked.length === 0) return null;
  const stretch = hullOf(marked);
  session.terminal.say(
    stretch === null
      ? 'Restated: everything'
      : `Restated: ${formatInterval(stretch)} (UTC, end not included)`,
  );
  return { ...options, nodes: [], select: [...new Set(marked.map(({ node }) => node))], range: stretch };
}

/**
 * The same outside `prod`, where nothing is marked: the nodes named are made anew there, over copies of what
 * others show.
 *
 * @throws {CliError} `CLI_USAGE` where no node is named.
 */
export function restatedElsewhere({
  range = null,
  nodes = [],
  select: exact = [],
  ...options
}: PlanOptions): PlanOptions {
  const named = [...nodes, ...exact];
  if (named.length > 0) return { ...options, restate: { nodes: named, range } };
  throw CliError.usage(
    'Outside prod a restatement names its nodes.',
    'Such as: seeknal run --env dev --restate --node daily --start 2024-01-01 --end 2024-01-02',
  );
}

async function markedBefore(project: Project, named: readonly string[]): Promise<readonly NodeStretch[]> {
  const open = await project.restatements();
  if (named.length === 0) return open;
  const { manifest } = project;
  const wanted = withDescendants(manifestGraph(manifest), select(manifest, named));
  return open.filter(({ node }) => wanted.has(node));
}

/** Around everything that has bounds; null where nothing has. */
function hullOf(stretches: readonly NodeStretch[]): Interval | null {
  const bounded = stretches.map(({ range }) => range).filter((range) => !isAllTime(range));
  if (bounded.length === 0) return null;
  return {
    start: Math.min(...bounded.map(({ start }) => start)),
    end: Math.max(...bounded.map(({ end }) => end)),
  };
}
