import type { Dialect } from '@seeknal/sql-ast';

import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';
import { projectLineage } from './lineage-project.ts';
import { queryLineage } from './lineage-query.ts';

export interface LineageFlags {
  readonly upstream?: boolean;
  readonly downstream?: boolean;
  readonly sql?: string;
  readonly schema?: string;
  readonly dialect?: Dialect;
  readonly parser?: 'duckdb' | 'node-sql-parser';
  readonly json?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly openlineage?: boolean;
}

/** Where columns come from and go to: in the project, or in one query. */
export const lineage: CommandBody<LineageFlags> = (session, [name], flags) => {
  const formats = (['json', 'mermaid', 'dot', 'openlineage'] as const).filter((each) => flags[each] === true);
  if (formats.length > 1) {
    throw CliError.usage(
      `${formats.map((each) => `--${each}`).join(' and ')} are two ways to print one thing.`,
      'Give one of them.',
    );
  }
  if (flags.sql === undefined) {
    const only = (['schema', 'dialect'] as const).find((each) => flags[each] !== undefined);
    if (only !== undefined)
      throw CliError.usage(`--${only} belongs to a file with SQL.`, 'Add --sql <file>.');
    return projectLineage(session, name ?? null, flags);
  }
  const direction = (['upstream', 'downstream'] as const).find((each) => flags[each] === true);
  if (name !== undefined || direction !== undefined) {
    throw CliError.usage(
      `${name === undefined ? `--${direction}` : `"${name}"`} is about the project, and --sql about a file.`,
      'Give one or the other.',
    );
  }
  return queryLineage(session, flags.sql, flags);
};
