import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';

export interface InitFlags {
  readonly path?: string;
  readonly name?: string;
  readonly description?: string;
  readonly force?: boolean;
}

const EXAMPLE = fileURLToPath(new URL('../../example', import.meta.url));
const PROJECT_FILE = 'seeknal_project.yml';
/** npm leaves files of this name out of packages, so the example has it without the dot. */
const RENAMED: { readonly [file: string]: string } = { gitignore: '.gitignore' };

/** Writes the example as a new project. What is there already is never lost. */
export const init: CommandBody<InitFlags> = async (session, [positional], flags) => {
  const { terminal, io, isJson } = session;
  const folder = resolve(io.cwd, positional ?? flags.path ?? '.');
  const isForced = flags.force ?? false;
  if (!isForced && (await exists(join(folder, PROJECT_FILE)))) throw CliError.projectExists(folder);
  const { isName, proposedName } = await import('@seeknal/project');
  const name = flags.name ?? proposedName(basename(folder));
  if (!isName(name)) {
    throw CliError.usage(`"${name}" cannot be the name of a project.`, `Call it ${proposedName(name)}.`);
  }
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of await filesOf(EXAMPLE)) {
    const target = join(folder, RENAMED[file] ?? file);
    const content = await readFile(join(EXAMPLE, file));
    const text =
      file === PROJECT_FILE ? projectFile(content.toString('utf8'), name, flags.description) : content;
    const isNew = await write(target, text, isForced);
    (isNew ? written : kept).push(relative(folder, target).replaceAll('\\', '/'));
  }
  if (isJson) {
    terminal.print(JSON.stringify({ folder, name, written, kept }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  terminal.print(`${color.green(mark.ok)} Project ${color.bold(name)} in ${folder}`);
  for (const file of written) terminal.print(`  ${color.green('+')} ${file}`);
  for (const file of kept) terminal.print(`  ${color.dim(`= ${file} was there and is left as it is`)}`);
  const way = relative(io.cwd, folder);
  terminal.print(`\nNext: ${way === '' ? '' : `cd ${way} && `}seeknal run`);
  return 0;
};

/** The example's settings under another name. A name needs no quotes; a description may. */
const projectFile = (text: string, name: string, description: string | undefined): string =>
  text
    .replace(/^name: .*$/mu, () => `name: ${name}`)
    .replace(/^description: .*$/mu, (line) =>
      description === undefined ? line : `description: ${JSON.stringify(description)}`,
    );

/** @returns Whether the file was written: one that is there is replaced only by force, and kept as `.bak`. */
async function write(path: string, content: string | Buffer, isForced: boolean): Promise<boolean> {
  const before = await readFile(path).catch(() => null);
  if (before !== null) {
    const isSame = before.equals(Buffer.from(content));
    if (isSame || !isForced) return false;
    await copyFile(path, `${path}.bak`);
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return true;
}

/** Every file below a folder, relative to it, sorted. What a run wrote there does not count. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !/^target[/\\]/u.test(file))
    .toSorted();
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
