import { confirmed } from '../confirm.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

/** Removes an environment after a question. Never prod. */
export const deleteEnvironment: CommandBody<{ readonly yes?: boolean }> = (session, [name = ''], { yes }) =>
  withProject(session, async ({ environments }): Promise<ExitCode> => {
    const { print, out } = session.terminal;
    const isThere = (await environments.listEnvironments()).some((each) => each.name === name);
    // What cannot be deleted is refused before anybody is asked.
    if (isThere && name !== 'prod') {
      await confirmed(session, `Delete the environment ${name}, with its views?`, 'The deletion', {
        yes,
        otherwise: false,
      });
    }
    await environments.delete(name);
    if (session.isJson) print(JSON.stringify({ deleted: name }, null, 2));
    else {
      print(`${out.color.green(out.mark.ok)} ${name} is deleted`);
      print(`  ${out.mark.hint} its tables go with a later seeknal env cleanup`);
    }
    return 0;
  });
