import { confirmed } from '../confirm.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { heldText } from './state-doctor.ts';

export interface StateUnlockFlags {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** Takes back what killed processes hold; with `all` also what somebody may still work under. */
export const stateUnlock: CommandBody<StateUnlockFlags> = async (session, _args, { all = false, yes }) => {
  const { folder, now, io, isJson, terminal } = session;
  const { unlockState } = await import('@seeknal/sdk');
  if (all)
    await confirmed(session, 'Take back also what has not expired?', 'Taking it back', {
      yes,
      otherwise: false,
    });
  const taken = await unlockState(folder, { now, env: io.env, all });
  if (isJson) {
    terminal.print(JSON.stringify({ taken }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  for (const right of taken) terminal.print(`${color.green(mark.ok)} taken back: ${heldText(right)}`);
  terminal.print(
    taken.length === 0 ? 'There is nothing to take back.' : `${count(taken.length, 'right')} taken back.`,
  );
  return 0;
};
