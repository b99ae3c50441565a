import { countIntervals, schedule, splitBySchedule, type Interval } from '@seeknal/intervals';
import { nearest } from '@seeknal/manifest';
import type { NodeIntervals } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { CliError } from '../errors.ts';
import { codedError } from '../output/coded-error.ts';
import { count } from '../output/numbers.ts';
import { rangeJson, rangeText } from '../output/ranges.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf } from '../selection.ts';
import { withProject } from '../session.ts';

export interface IntervalsShowFlags {
  readonly all?: boolean;
}

/** A node with more intervals than this is shown in stretches, unless all are asked for. */
const LONG = 100;

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
    const isAll = flags.all ?? false;
    terminal.print('Completed Intervals:');
    for (const node of scheduled) {
      terminal.print(`${node.node}:`);
      for (const line of lines(node, node.done, isAll)) terminal.print(`  ${line} ${color.green(tick)}`);
      if (node.done.length === 0) terminal.print(color.dim('  none yet'));
    }
    const lacking = scheduled.filter(({ missing }) => missing.length > 0);
    if (lacking.length > 0) terminal.print('\nMissing Intervals:');
    for (const node of lacking) {
      terminal.print(`${node.node}:`);
      for (const line of lines(node, node.missing, isAll)) terminal.print(`  ${line}`);
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

/** A name that is no node and nearly one of these was meant as one of these. */
function misspeltCommand(error: unknown, [name = '']: readonly string[]): CliError | null {
  if (codedError(error).code !== 'SELECTOR_EMPTY') return null;
  const near = nearest(name, ['show', 'list', 'pending']);
  return near === null
    ? null
    : CliError.usage(`No node matches "${name}"`, `Did you mean seeknal intervals ${near}?`);
}

function lines(node: NodeIntervals, set: readonly Interval[], isAll: boolean): readonly string[] {
  const ticks = schedule(node.schedule ?? '@daily', { timeZone: node.timeZone ?? 'UTC' });
  if (isAll || countIntervals(set, ticks) <= LONG) return [...splitBySchedule(set, ticks)].map(rangeText);
  return set.map((range) => `${rangeText(range)} (${count(countIntervals([range], ticks), 'interval')})`);
}

const intervalsJson = ({ node, schedule, timeZone, wanted, done, missing }: NodeIntervals): object => ({
  node,
  schedule,
  timeZone,
  wanted: wanted.map(rangeJson),
  done: done.map(rangeJson),
  missing: missing.map(rangeJson),
});
