import { Option, type Command } from 'commander';

import { list, whole, withGlobals, withJson, withSelection, withVerify, withWait } from './flags.ts';
import type { Does } from './program.ts';

/** Plan, apply, promote and what else there is to environments; each also below `env`. */
export function addEnvironments(root: Command, does: Does): void {
  root.commandsGroup('Environments:');
  addPlan(root, does);
  addApply(root, does);
  addPromote(root, does);
  const env = root
    .command('env')
    .description('plan, apply, promote, list, delete, clean up or roll back environments');
  addPlan(env, does);
  addApply(env, does);
  addPromote(env, does);
  const listing = env.command('list').alias('ls').description('the environments');
  does(
    withGlobals(withWait(withJson(listing, 'as JSON'))),
    async () => (await import('./commands/env-list.ts')).listEnvironments,
  );
  const deletion = env
    .command('delete')
    .description('remove an environment and its views; never prod')
    .argument('<env>')
    .option('-y, --yes', 'do not ask');
  does(
    withGlobals(withWait(withJson(deletion, 'as JSON'))),
    async () => (await import('./commands/env-delete.ts')).deleteEnvironment,
  );
  const cleanup = env
    .command('cleanup')
    .description('remove expired environments, and tables that nothing shows any more')
    .option('--dry-run', 'say what would be removed, remove nothing')
    .option('--grace <hours>', 'keep tables and ways back that long; default: 168', whole(0));
  does(
    withGlobals(withWait(withJson(cleanup, 'as JSON'))),
    async () => (await import('./commands/env-cleanup.ts')).cleanUpEnvironments,
  );
  const rollback = env
    .command('rollback')
    .description('show again what was shown before the newest change')
    .argument('[env]', 'default: prod')
    .option('-y, --yes', 'do not ask');
  does(
    withGlobals(withWait(withJson(rollback, 'as JSON'))),
    async () => (await import('./commands/env-rollback.ts')).rollBackEnvironment,
  );
}

/** What a user may decide about a plan, whether it is shown or applied. */
const withDecisions = (command: Command): Command =>
  withVerify(command.optionsGroup('What to do:'))
    .option('--from <env>', 'the environment that a new one starts from; default: prod')
    .option('--frozen', 'what the environment was last applied from, whatever the files say now')
    .option(
      '--restate <selectors>',
      'make these nodes anew, from --start to --end, and what was made from them',
      list,
    )
    .option('--skip-backfill', 'run nothing: only names move, to what is complete')
    .option('--no-gaps', 'outside prod too: show a changed node only with all its history')
    .option(
      '--forward-only',
      'changed tables keep the rows that are done; what comes is made by the new definition',
    )
    .option('--effective-from <time>', 'with --forward-only: what is done is made anew from there on')
    .option(
      '--category <node=category>',
      'BREAKING: build everything below anew; NON_BREAKING: keep what reads the same rows',
      list,
    );

function addPlan(parent: Command, does: Does): void {
  const plan = withDecisions(
    withSelection(
      parent.command('plan').description('show what applying the project would do, and why'),
      '[env-or-selectors...]',
      'an environment (default: prod), then nodes: name, +name, name+, tag:x, …',
    ),
  )
    .optionsGroup('How:')
    .option('--summary', 'only the last line')
    .option('--explain', 'every node with its snapshot and where that comes from')
    .option('--out <file>', 'write the plan as JSON, too; apply takes it')
    .option('-o, --output <file>', 'the same as --out')
    .option('--detailed-exitcode', 'exit 0: nothing to do, 2: changes, 1: any error');
  does(
    withGlobals(withWait(withJson(plan, 'the plan as JSON'))),
    async () => (await import('./commands/plan.ts')).plan,
  );
}

function addApply(parent: Command, does: Does): void {
  const apply = withDecisions(
    withSelection(
      parent.command('apply').description('run what an environment lacks, and point it at the result'),
      '[env-or-plan...]',
      'an environment (default: prod) and nodes; or a plan that plan --out wrote',
    ),
  );
  apply
    .optionsGroup('How:')
    .option('-y, --yes', 'do not ask')
    .option('--force', 'a stale plan: say what moved, plan anew and apply that')
    .option('--dry-run', 'show the plan and its tasks, run nothing')
    .option('--parallel', 'run tasks at the same time (this is the default)')
    .option('--max-workers <n>', 'tasks at the same time; default: 4', whole(1))
    .option('--continue-on-error', 'end with exit code 3, not 1, when only some nodes failed')
    .option('-r, --retry <n>', 'try a task again whose error may pass; default: 0', whole(0))
    .option('--ttl <hours>', 'hours that the environment lives without being used; default: 168', whole(1));
  does(
    withGlobals(withWait(withJson(apply, 'events as NDJSON'))),
    async () => (await import('./commands/apply.ts')).apply,
  );
}

function addPromote(parent: Command, does: Does): void {
  const promote = parent
    .command('promote')
    .description('point one environment at what another shows; runs nothing')
    .argument('<from>', 'the environment that was looked at')
    .argument('[to]', 'default: prod')
    .option('-y, --yes', 'do not ask')
    .option('--force', 'also when the target moved since')
    .option('--allow-gaps', 'also when the target loses rows by it')
    .option('--dry-run', 'show what would change, change nothing')
    .addOption(new Option('--rematerialize').hideHelp());
  does(
    withGlobals(withWait(withJson(promote, 'as JSON'))),
    async () => (await import('./commands/promote.ts')).promote,
  );
}
