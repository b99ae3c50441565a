import type { Promotion } from '@seeknal/sdk';

import { confirmed } from '../confirm.ts';
import { CliError } from '../errors.ts';
import { count } from '../output/numbers.ts';
import { changeLines } from '../output/promotion-text.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface PromoteFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly allowGaps?: boolean;
  readonly dryRun?: boolean;
  readonly rematerialize?: boolean;
}

/** Points one environment at what another shows. Runs nothing. */
export const promote: CommandBody<PromoteFlags> = async (session, [source = '', target = 'prod'], flags) => {
  if (flags.rematerialize === true) {
    throw CliError.usage(
      '--rematerialize does nothing here: a promotion shows the very tables that were looked at.',
      'Leave it out. To build again: seeknal run --full',
    );
  }
  return withProject(session, async ({ environments }): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const { print, out } = terminal;
    const show = (promotion: Promotion): void => {
      if (!isJson) print([`Promote ${source} to ${target}`, '', ...changeLines(promotion, out)].join('\n'));
    };
    if (flags.dryRun === true) {
      const promotion = await environments.promotion(source, target);
      if (isJson) print(JSON.stringify({ ...told(promotion), isDone: false, tasks: 0 }, null, 2));
      else show(promotion);
      return 0;
    }
    const { promotion, switched, isDone, environment } = await environments.promote(source, target, {
      ...(flags.force !== undefined && { force: flags.force }),
      ...(flags.allowGaps !== undefined && { allowGaps: flags.allowGaps }),
      confirm: (found) => {
        show(found);
        return confirmed(session, `Promote ${source} to ${target}?`, 'The promotion', {
          yes: flags.yes,
          otherwise: true,
        });
      },
    });
    if (isJson) {
      const epoch = environment?.epoch ?? 0;
      print(JSON.stringify({ ...told(promotion), switched, epoch, isDone, tasks: 0 }, null, 2));
    } else if (!isDone) print(`${target} shows all of ${source} already.`);
    else {
      const { color, mark } = out;
      print(
        `${color.green(mark.ok)} ${target} shows what ${source} shows: ${count(switched.length, 'view')} changed, 0 tasks run`,
      );
      for (const node of promotion.left) print(`  ${node} is written by the next run of ${target}`);
      print(`  ${mark.hint} back again: seeknal env rollback ${target}`);
    }
    return 0;
  });
};

const told = ({ from, to, changes, moved, gaps, incomplete, left }: Promotion): object => ({
  from,
  to,
  changes,
  moved,
  gaps,
  incomplete,
  left,
});
