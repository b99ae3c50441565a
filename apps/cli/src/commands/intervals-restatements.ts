import type { ExitCode } from '../exit-code.ts';
import { formatInstant } from '@seeknal/intervals';
import { select } from '@seeknal/manifest';

import { rangeJson, rangeText } from '../output/ranges.ts';
import { stretchesJson, stretchLines } from '../output/stretches.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

/** The restated stretches that have not been run since, oldest first. */
export const listRestatements: CommandBody<object> = (session, selectors) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const named = selectors.length === 0 ? null : select(project.manifest, selectors);
    const open = (await project.restatements()).filter(({ node }) => named === null || named.has(node));
    if (isJson) {
      const restatements = open.map(({ node, range, reason, at }) => ({
        node,
        range: rangeJson(range),
        reason,
        at: formatInstant(at),
      }));
      terminal.print(JSON.stringify({ restatements }, null, 2));
    } else if (open.length === 0) terminal.print('Nothing is restated.');
    else
      for (const { node, range, reason } of open)
        terminal.print(`${`${node} ${rangeText(range)}`.trimEnd()} (${reason})`);
    return 0;
  });

/** Takes restatements back: what was only marked counts as done again. */
export const clearRestatements: CommandBody<object> = (session, selectors) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const stretches = await project.clearRestatements(selectors);
    if (isJson) terminal.print(JSON.stringify({ cleared: stretchesJson(stretches) }, null, 2));
    else for (const line of stretchLines('taken back', stretches, terminal.out)) terminal.print(line);
    return 0;
  });
