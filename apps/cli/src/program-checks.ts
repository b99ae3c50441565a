import type { Command } from 'commander';

import { jsonObject, list, whole, withGlobals, withJson, withWait } from './flags.ts';
import type { Does } from './program.ts';

/** Commands that hold SQL and rows against what they should be. */
export function addChecks(root: Command, does: Does): void {
  const test = root
    .command('test')
    .description('run the tests below tests/: given rows in, expected rows out, in memory')
    .argument('[names...]', 'names of tests, * for any characters; default: all')
    .option('--select <selectors>', 'tests of these nodes', list)
    .option('--affected', 'only tests of nodes that are not, with all above them, as prod shows them')
    .option('--env <name>', 'under --affected, the environment in place of prod')
    .option('--max-workers <n>', 'tests at the same time; default: 4', whole(1))
    .option('--params <json>', 'values in place of the nodes’ params', jsonObject);
  does(withGlobals(withJson(test, 'as JSON')), async () => (await import('./commands/test.ts')).test);
  const schema = root
    .command('schema')
    .description('a JSON Schema: of plans and data diffs, of the YAML of a project, of its tests')
    .argument('<name>', 'plan, data-diff, project or test');
  // It is JSON in any case; the flag is taken as everywhere.
  does(withGlobals(withJson(schema, 'as JSON')), async () => (await import('./commands/schema.ts')).schema);
  const audit = root
    .command('audit')
    .description('run the checks of nodes over the rows that are there; writes nothing')
    .argument('[selectors...]', 'which nodes; default: all that have checks')
    .option('--select <selectors>', 'the same as a selector by itself', list)
    .option('--env <name>', 'whose rows; default: prod')
    .option('--params <json>', 'values in place of the nodes’ params', jsonObject);
  does(
    withGlobals(withWait(withJson(audit, 'as JSON'))),
    async () => (await import('./commands/audit.ts')).audit,
  );
}
