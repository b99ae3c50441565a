import { Option, type Command } from 'commander';

import { list, whole, withGlobals, withJson, withWait } from './flags.ts';
import type { Does } from './program.ts';

/** The command that compares: the project and an environment, rows of two environments, or two files. */
export function addDiff(root: Command, does: Does): void {
  const diff = root
    .command('diff')
    .description('what changed in SQL and nodes, and what that does to rows; or which rows differ')
    .argument('[environment]', 'what to compare the project with; default: prod')
    .argument('[other]', 'with --data, the environment whose rows are compared; default: prod')
    .argument('[node]', 'with --data, one node; default: all whose tables differ')
    .optionsGroup('The rows of two environments instead:')
    .option('--data', 'rows and columns that differ, node by node')
    .option(
      '--key <columns>',
      'columns that tell rows apart; default: the keys of an upsert, else none',
      list,
    )
    .option('--limit <n>', 'example rows of each sort; default: 5', whole(0))
    .option('--detailed-exitcode', 'exit 0: the same, 2: different, 1: any error')
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
