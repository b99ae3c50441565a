import { rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';

import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';
import { withProject, type Session } from '../session.ts';

export interface CleanFlags {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** Removes what can be made again: caches and logs; with `--all` everything written, after a question. */
export const clean: CommandBody<CleanFlags> = async (session, _args, { all = false, yes = false }) => {
  const { findProjectRoot } = await import('@seeknal/project');
  const root = await findProjectRoot(session.folder);
  const target = join(root, 'target');
  const wanted = all
    ? [target, ...(await warehouseFiles(session, root))]
    : [join(target, 'cache'), join(target, 'logs')];
  const found: string[] = [];
  for (const path of wanted) if (await exists(path)) found.push(path);
  const names = found.map((path) => relative(root, path) || path);
  if (all && found.length > 0 && !yes) await confirm(session, names);
  for (const path of found) await rm(path, { recursive: true, force: true });
  const { terminal, isJson } = session;
  const { color, mark } = terminal.out;
  if (isJson) terminal.print(JSON.stringify({ removed: names }, null, 2));
  else if (names.length === 0) terminal.print('There is nothing to remove.');
  else for (const name of names) terminal.print(`${color.green(mark.ok)} removed ${name}`);
  return 0;
};

async function confirm({ io, terminal }: Session, names: readonly string[]): Promise<void> {
  terminal.say(`This removes the warehouse and the state: ${names.join(', ')}`);
  terminal.say('Everything in them has to be built again from the sources.');
  const answer = await io.ask('Remove them? [y/N] ');
  if (!/^y(?:es)?$/iu.test(answer?.trim() ?? '')) throw CliError.notConfirmed('The removal');
}

/** The warehouse's files outside `target`. Nobody may be writing to them: then this throws. */
async function warehouseFiles(session: Session, root: string): Promise<readonly string[]> {
  return withProject(
    session,
    async (project) => {
      const path = resolve(root, project.settings.warehouse);
      if (!(await exists(path))) return [];
      await refuseIfHeld(() => project.query('SELECT 1'));
      const isInTarget =
        !isAbsolute(relative(join(root, 'target'), path)) &&
        !relative(join(root, 'target'), path).startsWith('..');
      return isInTarget ? [] : [path, `${path}.wal`];
    },
    { isQuiet: true },
  );
}

async function refuseIfHeld(open: () => Promise<unknown>): Promise<void> {
  try {
    await open();
  } catch (error) {
    // A damaged warehouse is a good reason to remove it; one that is in use is none.
    if ((error as { code?: unknown }).code === 'ENGINE_WAREHOUSE_HELD') throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
