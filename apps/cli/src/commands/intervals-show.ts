import {
  countIntervals,
  schedule,
  splitBySchedule,
  union,
  type Interval,
  type Schedule,
} from '@seeknal/intervals';
import { nearest } from '@seeknal/manifest';
import type { NodeIntervals } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { CliError } from '../errors.ts';
import { calendarLegend, calendarLines } from '../output/calendar.ts';
import { codedError } from '../output/coded-error.ts';
import { count } from '../output/numbers.ts';
import { rangeJson, rangeText } from '../output/ranges.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf } from '../selection.ts';
import { withProject } from '../session.ts';

export interface IntervalsShowFlags {
  readonly all?: boolean;
  readonly list?: boolean;
  readonly calendar?: boolean;
}

/** A node with more intervals than this is shown as a calendar or, where it has no gap, as one stretch. */
const LONG = 14;

/** Done and missing intervals of every node. */
export const showIntervals: CommandBody<IntervalsShowFlags> = (session, selectors, flags) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const nodes = await intervalsOf(project, selectors).catch((error: unknown) => {
      throw misspeltCommand(error, selectors) ?? error;
    });
    if (isJson) {
      terminal.print(JSON.stringify({ nodes: nodes.map(intervalsJson) }, null, 2));
      return 0;
    }
    const { color, mark } = terminal.out;
    // The tick belongs to the documented format, so it stays in a pipe; only a terminal may be unable to show it.
    const tick = terminal.out.isTerminal ? mark.ok : '✓';
    const scheduled = nodes.filter((node) => node.schedule !== null);
    const isAll = flags.all === true || flags.list === true;
    const isCalendar = (node: NodeIntervals): boolean => flags.calendar === true || (!isAll && hasGaps(node));
    if (scheduled.some(isCalendar)) terminal.say(calendarLegend(terminal.out));
    terminal.print('Completed Intervals:');
    for (const node of scheduled) {
      terminal.print(`${node.node}:`);
      if (node.done.length === 0) terminal.print(color.dim('  none yet'));
      else if (isCalendar(node)) {
        const sets = { ...node, timeZone: node.timeZone ?? 'UTC' };
        for (const line of calendarLines(sets, terminal.out)) terminal.print(line);
      } else
        for (const line of lines(node, node.done, isAll)) terminal.print(`  ${line} ${color.green(tick)}`);
    }
    const lacking = scheduled.filter(({ missing }) => missing.length > 0);
    if (lacking.length > 0) terminal.print('\nMissing Intervals:');
    for (const node of lacking) {
      terminal.print(`${node.node}:`);
      const missing = isCalendar(node) ? stretches(node, node.missing) : lines(node, node.missing, isAll);
      for (const line of missing) terminal.print(`  ${line}`);
    }
    const others = nodes.filter((node) => node.schedule === null);
    if (others.length > 0) {
      terminal.print(`\nWithout a schedule:`);
      for (const { node, missing } of others) {
        terminal.print(
          missing.length === 0 ? `  ${node} ${color.green(tick)}` : `  ${node} ${color.dim('not yet')}`,
        );
      }
    }
    return 0;
  });

const COMMANDS = ['show', 'list', 'pending', 'complete', 'restate', 'backfill'];

/** A name that is no node and nearly one of these was meant as one of these. */
function misspeltCommand(error: unknown, [name = '']: readonly string[]): CliError | null {
  if (codedError(error).code !== 'SELECTOR_EMPTY') return null;
  const near = nearest(name, COMMANDS);
  return near === null
    ? null
    : CliError.usage(`No node matches "${name}"`, `Did you mean seeknal intervals ${near}?`);
}

const ticksOf = ({ schedule: expression, timeZone }: NodeIntervals): Schedule =>
  schedule(expression ?? '@daily', { timeZone: timeZone ?? 'UTC' });

/** Whether a node has a long history that is not one stretch from its beginning to now. */
function hasGaps(node: NodeIntervals): boolean {
  return node.missing.length > 0 && countIntervals(union(node.wanted, node.done), ticksOf(node)) > LONG;
}

function lines(node: NodeIntervals, set: readonly Interval[], isAll: boolean): readonly string[] {
  const ticks = ticksOf(node);
  if (isAll || countIntervals(set, ticks) <= LONG) return [...splitBySchedule(set, ticks)].map(rangeText);
  return stretches(node, set);
}

const stretches = (node: NodeIntervals, set: readonly Interval[]): readonly string[] =>
  set.map((range) => `${rangeText(range)} (${count(countIntervals([range], ticksOf(node)), 'interval')})`);

const intervalsJson = ({ node, schedule, timeZone, wanted, done, missing }: NodeIntervals): object => ({
  node,
  schedule,
  timeZone,
  wanted: wanted.map(rangeJson),
  done: done.map(rangeJson),
  missing: missing.map(rangeJson),
});
