import { parseCronSchedule, type Interval } from '@seeknal/intervals';
import type { NodeIntervals, PlanOptions, Project } from '@seeknal/sdk';

import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import { lackingAbove } from '../lacking-above.ts';
import { rangeText } from '../output/ranges.ts';
import type { CommandBody } from '../program.ts';
import { oneNode } from '../selection.ts';
import { rangeOf, withProject, type Session } from '../session.ts';
import { execute, showPlan, type RunFlags } from './run.ts';

export interface IntervalsBackfillFlags extends Pick<RunFlags, 'dryRun' | 'maxWorkers' | 'retry'> {
  readonly start?: string;
  readonly startDate?: string;
  readonly end?: string;
  readonly endDate?: string;
  readonly schedule?: string;
}

/**
 * Runs the missing intervals of one node in a range, with what it needs above it. Done intervals are left
 * alone, so an interrupted backfill is repeated by the same command.
 */
export const backfillIntervals: CommandBody<IntervalsBackfillFlags> = (session, [selector = ''], flags) =>
  withProject(
    session,
    async (project): Promise<ExitCode> => {
      const id = oneNode(project, selector);
      const select = [`+${id}`];
      const all = await project.intervals({ select });
      const node = all.find((each) => each.node === id);
      requireSchedule(id, node, flags.schedule);
      const start = flags.start ?? flags.startDate;
      const end = flags.end ?? flags.endDate;
      const asked = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
      const range = await rangeOf(asked, session, project);
      const within = range ?? hullOf(node.wanted);
      const above = within === null ? null : lackingAbove(project.manifest, id, within, all);
      if (above !== null) {
        const which = above.nodes.join(', ');
        session.terminal.say(`${id} reads ${which} of ${rangeText(above.range)} too: that is run first.`);
        const code = await step(project, { select: above.nodes, range: above.range }, session, flags);
        if (code !== 0) return code;
      }
      return step(project, { select, range }, session, flags);
    },
    { showsPlan: true },
  );

async function step(
  project: Project,
  options: PlanOptions,
  session: Session,
  flags: IntervalsBackfillFlags,
): Promise<ExitCode> {
  if (flags.dryRun !== true) return execute(project, options, session, flags);
  showPlan(await project.plan(options), session, true);
  return 0;
}

/** @throws {CliError} `CLI_USAGE` for a node without a schedule, or when another schedule than its own is named. */
function requireSchedule(
  id: string,
  node: NodeIntervals | undefined,
  asked: string | undefined,
): asserts node is NodeIntervals {
  if (node === undefined)
    throw CliError.usage(`${id} cannot run in this version, so it has nothing to backfill.`);
  if (node.schedule === null) {
    throw CliError.usage(
      `${id} has no schedule, so it has no intervals to backfill.`,
      `Run it as a whole with seeknal run +${id}, or give it a schedule in its file: schedule: "@daily"`,
    );
  }
  if (asked === undefined) return;
  if (fieldsOf(asked) === fieldsOf(node.schedule)) return;
  throw CliError.usage(
    `${id} has the schedule ${node.schedule}, not ${asked}.`,
    'Leave --schedule out: intervals are those of the node. To change them, change its file.',
  );
}

/** The same for two spellings of a schedule. */
const fieldsOf = (expression: string): string => JSON.stringify(parseCronSchedule(expression).fields);

function hullOf(set: readonly Interval[]): Interval | null {
  const [first, last] = [set[0], set.at(-1)];
  return first === undefined || last === undefined ? null : { start: first.start, end: last.end };
}
