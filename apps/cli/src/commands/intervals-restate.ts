import type { Interval } from '@seeknal/intervals';

import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import { scopeText } from '../output/ranges.ts';
import { stretchesJson, stretchLines } from '../output/stretches.ts';
import type { CommandBody } from '../program.ts';
import { nodeList } from '../selection.ts';
import { rangeOf, withProject } from '../session.ts';

export interface IntervalsRestateFlags {
  readonly start?: string;
  readonly startDate?: string;
  readonly end?: string;
  readonly endDate?: string;
  readonly reason?: string;
  readonly node?: readonly string[];
  readonly nodes?: readonly string[];
}

/** Marks intervals, and what was made from them, to be run again by the next run. */
export const restateIntervals: CommandBody<IntervalsRestateFlags> = (session, positional, flags) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const { reason, start = flags.startDate, end = flags.endDate } = flags;
    const asked = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    const range = requireRange(await rangeOf(asked, session, project));
    const nodes = nodeList(positional, [...(flags.node ?? []), ...(flags.nodes ?? [])]);
    terminal.say(`Range: ${scopeText(range, session.now)}`);
    const stretches = await project.restate({ nodes, range, ...(reason !== undefined && { reason }) });
    if (isJson) terminal.print(JSON.stringify({ restated: stretchesJson(stretches) }, null, 2));
    else {
      for (const line of stretchLines('restated', stretches, terminal.out)) terminal.print(line);
      if (stretches.length > 0)
        terminal.say(`  ${terminal.err.mark.hint} The next run fills them: seeknal run`);
    }
    return 0;
  });

/** @throws {CliError} `CLI_USAGE` without a range: to restate everything there is `run --full`. */
export function requireRange(range: Interval | null): Interval {
  if (range !== null) return range;
  throw CliError.usage('There is no range to restate.', 'Give one: --start 2024-01-01 --end 2024-01-31');
}
