import { count } from '../output/numbers.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface EnvCleanupFlags {
  readonly dryRun?: boolean;
  readonly grace?: number;
}

/** Removes what has expired, and the tables that nothing shows any more. */
export const cleanUpEnvironments: CommandBody<EnvCleanupFlags> = (
  session,
  _args,
  { dryRun = false, grace },
) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { print, out } = session.terminal;
    const { environments, tables } = await project.environments.cleanupExpired({
      isDryRun: dryRun,
      ...(grace !== undefined && { graceHours: grace }),
    });
    if (session.isJson) {
      print(JSON.stringify({ isDryRun: dryRun, environments, tables }, null, 2));
      return 0;
    }
    const did = dryRun ? 'would remove' : 'removed';
    for (const name of environments) print(`${out.color.green(out.mark.ok)} ${did} the environment ${name}`);
    for (const { node, snapshot } of tables) {
      print(`${out.color.green(out.mark.ok)} ${did} a table of ${node} (${snapshot.slice(0, 12)})`);
    }
    print(
      environments.length + tables.length === 0
        ? 'There is nothing to clean up.'
        : `${count(environments.length, 'environment')}, ${count(tables.length, 'table')}${dryRun ? ' to remove' : ' removed'}.`,
    );
    return 0;
  });
