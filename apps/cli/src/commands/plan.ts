import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { hasChanges, nothingToDo, planText, summaryLine } from '../output/plan-text.ts';
import type { CommandBody } from '../program.ts';
import { planOptions, requireProd, type SelectionFlags } from '../selection.ts';
import { withProject } from '../session.ts';

export interface PlanFlags extends SelectionFlags {
  readonly summary?: boolean;
  readonly out?: string;
  readonly detailedExitcode?: boolean;
}

/** Shows what a run would do now; changes nothing. */
export const plan: CommandBody<PlanFlags> = async (session, selectors, flags) => {
  requireProd(flags.env);
  return withProject(
    session,
    async (project) => {
      const { terminal, isJson, io } = session;
      const found = await project.plan(await planOptions(selectors, flags, session, project));
      if (flags.out !== undefined) {
        await writeFile(resolve(io.cwd, flags.out), `${JSON.stringify(found, null, 2)}\n`);
      }
      if (isJson) terminal.print(JSON.stringify(found, null, 2));
      else if (flags.summary === true) {
        terminal.print(hasChanges(found) ? summaryLine(found, terminal.out) : nothingToDo(terminal.out));
      } else terminal.print(planText(found, terminal.out));
      return flags.detailedExitcode === true && hasChanges(found) ? 2 : 0;
    },
    { params: flags.params, showsPlan: true },
  );
};
