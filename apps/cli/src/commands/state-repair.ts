import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';

export interface StateRepairFlags {
  readonly fromBackup?: boolean;
  readonly rebuild?: boolean;
}

/** Repairs the state; what was there is put aside, never deleted. */
export const stateRepair: CommandBody<StateRepairFlags> = async (session, _args, { fromBackup, rebuild }) => {
  if ((fromBackup === true) === (rebuild === true)) {
    throw CliError.usage(
      'state repair needs to know what from.',
      'Take the previous copy with --from-backup, or the ledger of the warehouse with --rebuild.',
    );
  }
  const from = fromBackup === true ? 'backup' : 'warehouse';
  const { repairState } = await import('@seeknal/sdk');
  const { terminal, isJson, folder, now, io } = session;
  const aside = await repairState(folder, { from, now, env: io.env });
  if (isJson) {
    terminal.print(JSON.stringify({ repaired: { from, aside } }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  terminal.print(
    fromBackup === true
      ? `${color.green(mark.ok)} The previous copy is the state again.`
      : `${color.green(mark.ok)} The state is empty.`,
  );
  for (const file of aside) terminal.print(`  put aside: ${file}`);
  terminal.say(`  ${terminal.err.mark.hint} seeknal run takes what it lacks from the warehouse.`);
  return 0;
};
