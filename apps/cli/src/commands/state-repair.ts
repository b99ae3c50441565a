import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';

export interface StateRepairFlags {
  /** A file, or true for the copy that the state keeps itself. */
  readonly fromBackup?: boolean | string;
  readonly rebuild?: boolean;
}

/** Repairs the state; what was there is put aside, never deleted. */
export const stateRepair: CommandBody<StateRepairFlags> = async (session, _args, { fromBackup, rebuild }) => {
  if ((fromBackup !== undefined) === (rebuild === true)) {
    throw CliError.usage(
      'state repair needs to know what from.',
      'Take the previous copy with --from-backup, or the ledger of the warehouse with --rebuild.',
    );
  }
  const from = rebuild === true ? 'warehouse' : 'backup';
  const { repairState } = await import('@seeknal/sdk');
  const { terminal, isJson, folder, now, io } = session;
  const file = typeof fromBackup === 'string' ? { file: fromBackup } : {};
  const aside = await repairState(folder, { from, now, env: io.env, ...file });
  if (isJson) {
    terminal.print(JSON.stringify({ repaired: { from, aside } }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  const what = typeof fromBackup === 'string' ? fromBackup : 'The previous copy';
  const done = from === 'warehouse' ? 'The state is empty.' : `${what} is the state again.`;
  terminal.print(`${color.green(mark.ok)} ${done}`);
  for (const each of aside) terminal.print(`  put aside: ${each}`);
  terminal.say(`  ${terminal.err.mark.hint} seeknal run takes what it lacks from the warehouse.`);
  return 0;
};
