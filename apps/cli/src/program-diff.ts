import { Option, type Command } from 'commander';

import { withGlobals, withJson, withWait } from './flags.ts';
import type { Does } from './program.ts';

/** The command that compares: two files, or the project and an environment. */
export function addDiff(root: Command, does: Does): void {
  const diff = root
    .command('diff')
    .description('what changed in SQL and nodes, and what that does to rows')
    .argument('[environment]', 'what to compare the project with; default: prod')
    .optionsGroup('Two files instead:')
    .option('--old <file>', 'the older version of a query')
    .option('--new <file>', 'the newer version')
    .option('--schema <file>', 'columns of its tables as JSON: {"orders": {"id": "INTEGER"}}')
    .addOption(new Option('--dialect <name>', 'default: duckdb').choices(['duckdb', 'postgres', 'generic']))
    .addOption(
      new Option('--parser <name>', 'who reads the SQL; default: duckdb').choices([
        'duckdb',
        'node-sql-parser',
      ]),
    );
  does(
    withGlobals(withWait(withJson(diff, 'as JSON'))),
    async () => (await import('./commands/diff.ts')).diff,
  );
}
