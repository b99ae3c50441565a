import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';
import { diffData, type DataFlags } from './diff-data.ts';
import { diffFiles, type FileFlags } from './diff-files.ts';
import { diffProject } from './diff-project.ts';

/**
 * What changed between two files with SQL, or between an environment and the project as it is; or which rows
 * of two environments differ.
 */
export const diff: CommandBody<FileFlags & DataFlags> = (session, [environment, other, node], flags) => {
  const { old, new: now, schema, dialect, parser } = flags;
  const ofFiles = givenOf({ old, new: now, schema, dialect, parser });
  if (flags.data === true) {
    if (ofFiles !== undefined) {
      throw CliError.usage(`--${ofFiles} belongs to two files with SQL.`, 'Leave it out, or --data.');
    }
    return diffData(session, { environment, other, node }, flags);
  }
  if (other !== undefined) {
    throw CliError.usage(
      `"${other}" is one word too many: the project is compared with one environment.`,
      `To compare the rows of two environments: seeknal diff --data ${environment} ${other}`,
    );
  }
  const { key, limit, detailedExitcode } = flags;
  const ofData = givenOf({ key, limit, 'detailed-exitcode': detailedExitcode });
  if (ofData !== undefined) {
    throw CliError.usage(`--${ofData} belongs to the rows of two environments.`, 'Add --data.');
  }
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
  if (ofFiles !== undefined) {
    throw CliError.usage(`--${ofFiles} belongs to two files with SQL.`, 'Add --old <file> and --new <file>.');
  }
  return diffProject(session, environment ?? 'prod');
};

/** The name of the first flag that was given. */
const givenOf = (flags: { readonly [name: string]: unknown }): string | undefined =>
  Object.keys(flags).find((name) => flags[name] !== undefined);
