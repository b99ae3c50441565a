import {
  countIntervals,
  missing,
  resolveRange,
  schedule,
  splitBySchedule,
  type Interval,
} from '@seeknal/intervals';
import type { NodeIntervals, Project } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { CliError } from '../errors.ts';
import { rangeJson, rangeText, scopeText } from '../output/ranges.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf, oneNode } from '../selection.ts';
import { rangeOf, withProject, type Session } from '../session.ts';

export interface IntervalsPendingFlags {
  readonly start?: string;
  readonly startDate?: string;
  readonly end?: string;
  readonly endDate?: string;
  readonly schedule?: string;
  readonly output?: string;
}

interface Pending {
  readonly node: string;
  readonly schedule: string;
  readonly intervals: readonly Interval[];
}

const PRESETS = /^(hourly|daily|midnight|weekly|monthly|yearly|annually)$/iu;

/**
 * The intervals that are to be run: of the node's own schedule, else of `--schedule`. Without a start, from
 * the node's own or from where it has got to; without an end, up to the last one that is over.
 */
export const pendingIntervals: CommandBody<IntervalsPendingFlags> = (session, [selector], flags) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal } = session;
    const start = flags.start ?? flags.startDate;
    const end = flags.end ?? flags.endDate;
    const asked = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    const range = await rangeOf(asked, session, project);
    if (range !== null) terminal.say(`Range: ${scopeText(range, session.now)}`);
    const nodes = await intervalsOf(
      project,
      selector === undefined ? [] : [oneNode(project, selector)],
      range,
    );
    const found = nodes.flatMap(
      (node) => pendingOf(node, flags, asked, session, project, selector !== undefined) ?? [],
    );
    if (found.length === 0 && flags.schedule === undefined && nodes.every((node) => node.schedule === null)) {
      throw CliError.usage('No node has a schedule to tell intervals by.', 'Give one: --schedule @daily');
    }
    if (session.isJson || flags.output === 'json') {
      const document = found.map((each) => ({ ...each, intervals: each.intervals.map(rangeJson) }));
      terminal.print(JSON.stringify({ nodes: document }, null, 2));
      return 0;
    }
    const pending = found.filter(({ intervals }) => intervals.length > 0);
    terminal.print(pending.length === 0 ? 'Nothing is pending.' : 'Pending Intervals:');
    for (const { node, intervals } of pending) {
      terminal.print(`${node}: ${count(intervals.length, 'interval')}`);
      for (const interval of intervals) terminal.print(`  ${rangeText(interval)}`);
    }
    return 0;
  });

function pendingOf(
  node: NodeIntervals,
  flags: IntervalsPendingFlags,
  asked: { readonly start?: string; readonly end?: string },
  session: Session,
  { settings }: Project,
  isNamed: boolean,
): Pending | null {
  const { node: id, timeZone } = node;
  if (node.schedule !== null) {
    const ticks = schedule(node.schedule, { timeZone: timeZone ?? 'UTC' });
    return { node: id, schedule: node.schedule, intervals: [...splitBySchedule(node.missing, ticks)] };
  }
  const expression = flags.schedule ?? (isNamed ? '@daily' : undefined);
  if (expression === undefined) return null;
  if (flags.schedule === undefined) session.terminal.say(`${id} has no schedule: days are counted.`);
  const zone = settings.defaults.timeZone;
  const ticks = schedule(PRESETS.test(expression) ? `@${expression.toLowerCase()}` : expression, {
    timeZone: zone,
  });
  if (asked.start === undefined) return isNamed ? noStart(id) : null;
  const { range } = resolveRange({ start: asked.start, end: asked.end, now: session.now, timeZone: zone });
  const last = ticks.floor(Math.min(range.end, asked.end === undefined ? session.now : range.end));
  const first = ticks.ceil(range.start);
  if (first === null || last === null || first >= last)
    return { node: id, schedule: ticks.expression, intervals: [] };
  const holes = missing({ wanted: [{ start: first, end: last }], done: [], schedule: ticks });
  return {
    node: id,
    schedule: ticks.expression,
    intervals: countIntervals(holes, ticks) === 0 ? [] : [...splitBySchedule(holes, ticks)],
  };
}

function noStart(id: string): never {
  throw CliError.usage(`${id} has no intervals to go on from.`, 'Say where to begin: --start 2024-01-01');
}
