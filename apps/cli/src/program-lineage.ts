import { Option, type Command } from 'commander';

import { withGlobals, withJson, withWait } from './flags.ts';
import type { Does } from './program.ts';

/** The command that follows columns: of the project, or of one file with SQL. */
export function addLineage(root: Command, does: Does): void {
  const lineage = root
    .command('lineage')
    .description('where columns come from and go to')
    .argument('[name]', 'a node, or a column: transform.daily.revenue; default: all nodes')
    .option('--upstream', 'only what it is made from')
    .option('--downstream', 'only what is made from it')
    .optionsGroup('One query instead:')
    .option('--sql <file>', 'a file with one query')
    .option('--schema <file>', 'columns of its tables as JSON: {"orders": {"id": "INTEGER"}}')
    .addOption(new Option('--dialect <name>', 'default: duckdb').choices(['duckdb', 'postgres', 'generic']))
    .optionsGroup('How:')
    .addOption(
      new Option('--parser <name>', 'who reads the SQL; default: duckdb').choices([
        'duckdb',
        'node-sql-parser',
      ]),
    )
    .option('--mermaid', 'as a Mermaid flowchart')
    .option('--dot', 'as a graph of Graphviz')
    .option('--openlineage', 'as a JSON list of DatasetEvents of OpenLineage');
  does(
    withGlobals(withWait(withJson(lineage, 'as JSON'))),
    async () => (await import('./commands/lineage.ts')).lineage,
  );
}
