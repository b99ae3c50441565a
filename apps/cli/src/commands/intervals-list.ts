import { schedule, splitBySchedule } from '@seeknal/intervals';

import type { ExitCode } from '../exit-code.ts';
import { CliError } from '../errors.ts';
import { isAllTime, rangeText } from '../output/ranges.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf, oneNode } from '../selection.ts';
import { withProject } from '../session.ts';

export interface IntervalsListFlags {
  readonly output?: string;
}

/** The done intervals of one node, numbered; as JSON in the form of the Python tool. */
export const listIntervals: CommandBody<IntervalsListFlags> = (session, [selector = ''], { output }) =>
  withProject(session, async (project): Promise<ExitCode> => {
    if (output !== undefined && output !== 'table' && output !== 'json') {
      throw CliError.usage(`Not an output format: "${output}".`, 'Write table or json.');
    }
    const { terminal } = session;
    const id = oneNode(project, selector);
    const [node] = await intervalsOf(project, [id]);
    if (node === undefined) throw CliError.usage(`${id} cannot run in this version, so it has no intervals.`);
    const done = node.done.filter((range) => !isAllTime(range));
    const ticks = schedule(node.schedule ?? '@daily', { timeZone: node.timeZone ?? 'UTC' });
    const each = node.schedule === null ? done : [...splitBySchedule(done, ticks)];
    if (session.isJson || output === 'json') {
      const completed = each.map(({ start, end }) => [naive(start), naive(end)]);
      const document = { node_id: node.node, completed_intervals: completed, completed_partitions: [] };
      terminal.print(JSON.stringify(document, null, 2));
      return 0;
    }
    terminal.print(`Completed intervals of ${node.node}:`);
    if (each.length === 0) {
      const isBuilt = node.schedule === null && node.done.length > 0;
      terminal.print(isBuilt ? '  It has no schedule, and is built.' : '  none yet');
    }
    each.forEach((range, i) => terminal.print(`  ${i + 1}. ${rangeText(range)}`));
    return 0;
  });

/** UTC without a zone, as `run_state.json` has it. */
const naive = (at: number): string => new Date(at).toISOString().replace(/(?:\.000)?Z$/u, '');
