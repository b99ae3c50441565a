import { namedInterval, schedule } from '@seeknal/intervals';
import type { NodeStretch, Project } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { codedError } from '../output/coded-error.ts';
import { stretchesJson, stretchLines } from '../output/stretches.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf, nodeList } from '../selection.ts';
import { withProject } from '../session.ts';

export interface IntervalsCompleteFlags {
  readonly interval: string;
  readonly node?: readonly string[];
  readonly nodes?: readonly string[];
  readonly reason?: string;
}

/** Counts intervals as done on the caller's word, without running anything. */
export const completeIntervals: CommandBody<IntervalsCompleteFlags> = (session, positional, flags) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const stretches = await complete(
      project,
      nodeList(positional, [...(flags.node ?? []), ...(flags.nodes ?? [])]),
      flags,
    );
    if (isJson) terminal.print(JSON.stringify({ completed: stretchesJson(stretches) }, null, 2));
    else for (const line of stretchLines('completed', stretches, terminal.out)) terminal.print(line);
    return 0;
  });

/** A date means other intervals for another schedule, so every node is told its own. */
async function complete(
  project: Project,
  selectors: readonly string[],
  { interval, reason }: IntervalsCompleteFlags,
): Promise<readonly NodeStretch[]> {
  const stretches: NodeStretch[] = [];
  for (const { node, schedule: expression, timeZone } of await intervalsOf(project, selectors)) {
    if (expression === null) continue;
    try {
      const range = namedInterval(interval, schedule(expression, { timeZone: timeZone ?? 'UTC' }));
      stretches.push({ node, range });
    } catch (error) {
      // Without a selection the date is meant for the nodes that have an interval there.
      if (selectors.length > 0 || codedError(error).code !== 'INTERVAL_NOT_SCHEDULED') throw error;
    }
  }
  const done: NodeStretch[] = [];
  for (const { node, range } of stretches) {
    done.push(...(await project.complete({ nodes: [node], range, ...(reason !== undefined && { reason }) })));
  }
  return done;
}
