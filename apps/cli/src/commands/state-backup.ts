import type { CommandBody } from '../program.ts';

/** Copies everything that is remembered into one file. */
export const stateBackup: CommandBody<{ readonly out?: string }> = async (
  { folder, now, io, isJson, terminal },
  _args,
  { out },
) => {
  const { backUpState } = await import('@seeknal/sdk');
  const path = await backUpState(folder, { now, env: io.env, ...(out !== undefined && { out }) });
  const { color, mark } = terminal.out;
  terminal.print(
    isJson ? JSON.stringify({ backup: path }, null, 2) : `${color.green(mark.ok)} Copied to ${path}`,
  );
  return 0;
};
