import { confirmed } from '../confirm.ts';
import { count } from '../output/numbers.ts';
import { changeLines } from '../output/promotion-text.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

/** Points an environment at what it showed before its newest change. */
export const rollBackEnvironment: CommandBody<{ readonly yes?: boolean }> = (
  session,
  [name = 'prod'],
  { yes },
) =>
  withProject(session, async ({ environments }): Promise<ExitCode> => {
    const { isJson, terminal } = session;
    const { print, out } = terminal;
    const { changes, switched, isDone } = await environments.rollback(name, {
      confirm: (found) => {
        if (!isJson)
          print(
            [`Roll back ${name}`, '', ...changeLines({ changes: found }, out).slice(0, -2), ''].join('\n'),
          );
        return confirmed(session, `Roll back ${name}?`, 'The rollback', { yes, otherwise: true });
      },
    });
    if (isJson) print(JSON.stringify({ environment: name, changes, switched, isDone }, null, 2));
    else if (!isDone) print(`${name} shows what it showed before.`);
    else {
      print(
        `${out.color.green(out.mark.ok)} ${name} shows what it showed before: ${count(switched.length, 'view')} changed`,
      );
      print(`  ${out.mark.hint} the project's files still say otherwise: seeknal run applies them again`);
    }
    return 0;
  });
