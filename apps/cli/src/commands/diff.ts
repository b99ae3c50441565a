import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';
import { diffFiles, type FileFlags } from './diff-files.ts';
import { diffProject } from './diff-project.ts';

/** What changed between two files with SQL, or between an environment and the project as it is. */
export const diff: CommandBody<FileFlags> = (session, [environment], flags) => {
  const { old, new: now, schema, dialect, parser } = flags;
  if (old !== undefined || now !== undefined) {
    if (environment !== undefined) {
      throw CliError.usage(
        `"${environment}" is an environment, and --old and --new are files.`,
        'Give one or the other.',
      );
    }
    if (old === undefined || now === undefined) {
      const lacking = old === undefined ? '--old' : '--new';
      throw CliError.usage(
        `There is nothing to compare with: ${lacking} is missing.`,
        `Add ${lacking} <file>.`,
      );
    }
    return diffFiles(session, old, now, flags);
  }
  const only = Object.entries({ schema, dialect, parser }).find(([, value]) => value !== undefined)?.[0];
  if (only !== undefined) {
    throw CliError.usage(`--${only} belongs to two files with SQL.`, 'Add --old <file> and --new <file>.');
  }
  return diffProject(session, environment ?? 'prod');
};
