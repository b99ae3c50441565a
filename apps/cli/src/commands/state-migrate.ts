import type { CommandBody } from '../program.ts';

/** Brings the tables of the state up to date, or prints what that would run. */
export const stateMigrate: CommandBody<{ readonly dryRun?: boolean }> = async (
  { folder, now, io, isJson, terminal },
  _args,
  { dryRun = false },
) => {
  const { migrateSchema } = await import('@seeknal/sdk');
  const pending = await migrateSchema(folder, { now, env: io.env, isDry: dryRun });
  if (isJson) {
    terminal.print(JSON.stringify({ isDryRun: dryRun, migrations: pending }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  if (pending.length === 0) terminal.print(`${color.green(mark.ok)} The state is up to date.`);
  for (const { version, name, statements } of pending) {
    terminal.print(dryRun ? `-- ${version} ${name}` : `${color.green(mark.ok)} migration ${version} ${name}`);
    if (dryRun) for (const statement of statements) terminal.print(`${statement};`);
  }
  return 0;
};
