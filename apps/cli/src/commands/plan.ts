import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { targetOf } from '../environment-argument.ts';
import { hasChanges, nothingToDo, planText, summaryLine } from '../output/plan-text.ts';
import { explained } from '../output/plan-explained.ts';
import { warnOfRefuted } from '../output/verified-text.ts';
import type { CommandBody } from '../program.ts';
import { planOptions, type SelectionFlags } from '../selection.ts';
import { withProject } from '../session.ts';

export interface PlanFlags extends SelectionFlags {
  readonly summary?: boolean;
  readonly out?: string;
  readonly output?: string;
  readonly explain?: boolean;
  readonly detailedExitcode?: boolean;
}

/** Shows what applying the project to an environment would do now; changes nothing there. */
export const plan: CommandBody<PlanFlags> = async (session, words, flags) => {
  return withProject(
    session,
    async (project) => {
      const { terminal, isJson, io } = session;
      const { environment, selectors } = await targetOf(words, flags.env, project);
      const options = { ...(await planOptions(selectors, flags, session, project)), environment };
      const found = await project.plan(options);
      const file = flags.out ?? flags.output;
      if (file !== undefined) {
        const { planFileText } = await import('@seeknal/sdk');
        await writeFile(resolve(io.cwd, file), planFileText(found));
      }
      if (environment !== 'prod') await project.keepPlan(found);
      warnOfRefuted(found, terminal);
      if (isJson) terminal.print(JSON.stringify(found, null, 2));
      else if (flags.summary === true) {
        terminal.print(hasChanges(found) ? summaryLine(found, terminal.out) : nothingToDo(terminal.out));
      } else {
        terminal.print(planText(found, terminal.out, flags.explain ?? false));
        if (flags.explain === true) terminal.print(explained(found, terminal.out));
      }
      return flags.detailedExitcode === true && hasChanges(found) ? 2 : 0;
    },
    { params: flags.params, showsPlan: true },
  );
};
