import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { elsewhere } from './elsewhere.ts';
import { addChecks } from './program-checks.ts';
import { addDiff } from './program-diff.ts';
import { addEnvironments } from './program-environments.ts';
import { addLineage } from './program-lineage.ts';
import { addState } from './program-state.ts';
import type { ExitCode } from './exit-code.ts';
import { list, whole, withGlobals, withJson, withSelection, withVerify, withWait } from './flags.ts';
import type { CliIo } from './io.ts';
import type { GlobalFlags, Session } from './session.ts';

/** What a command does: its positional arguments and its own flags, read. */
export type CommandBody<F> = (session: Session, args: readonly string[], flags: F) => Promise<ExitCode>;

/** Makes the session of a command and runs its body in it. */
export type Dispatch = (flags: GlobalFlags, body: (session: Session) => Promise<ExitCode>) => Promise<void>;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Every command with its flags. What a command does is imported when it is called, so that `run` with
 * nothing to do loads only what it needs.
 */
export function program(io: CliIo, dispatch: Dispatch): Command {
  const root = commands(io, dispatch);
  const complete = root.command('complete', { hidden: true }).argument('[words...]').allowUnknownOption();
  complete.action(async () => {
    const { suggest } = await import('./commands/completion.ts');
    suggest(commands(io, dispatch), complete.args);
  });
  return root;
}

/** The commands that people call; the one that shells call for suggestions looks at these. */
function commands(io: CliIo, dispatch: Dispatch): Command {
  const root = new Command('seeknal')
    .description('Runs a folder of YAML and SQL nodes, incrementally, on an embedded DuckDB.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Errors are printed in one place, with those of everything else.
      outputError: () => {},
    })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText('after', '\nSelectors, exit codes and JSON are described in the README of @seeknal/cli.');
  withGlobals(root);
  const does = <F>(command: Command, load: () => Promise<CommandBody<F>>): Command =>
    command.action(async () => {
      const flags = flagsOf<F & GlobalFlags>(command);
      await dispatch(flags, async (session) => (await load())(session, command.args, flags));
    });
  addRunning(root, does);
  addEnvironments(root, does);
  addLooking(root, does);
  addKeeping(root, does);
  const completion = root
    .command('completion')
    .description('the script that completes commands in a shell')
    .argument('<shell>', 'bash, zsh, fish or powershell');
  does(withGlobals(completion), async () => (await import('./commands/completion.ts')).completion);
  root.on('command:*', ([name = '']: string[]) => {
    throw elsewhere(
      name,
      root.commands.map((command) => command.name()),
    );
  });
  return root;
}

export type Does = <F>(command: Command, load: () => Promise<CommandBody<F>>) => Command;

function addRunning(root: Command, does: Does): void {
  root.commandsGroup('Start and run:');
  const init = root
    .command('init')
    .description('make a project with an example in it')
    .argument('[path]', 'folder of the project; default: here')
    .option('--path <folder>', 'the same as the argument')
    .option('--name <name>', 'name of the project; default: that of the folder')
    .option('--description <text>', 'what the project is for')
    .option('--force', 'overwrite the files of a project that is there');
  does(
    withGlobals(withJson(init, 'the files written')),
    async () => (await import('./commands/init.ts')).init,
  );

  const run = withSelection(root.command('run').description('run what is missing, changed or stale'))
    .optionsGroup('How:')
    .option('--dry-run', 'show the plan and its tasks, run nothing')
    .option('-p, --show-plan', 'show the plan, run nothing')
    .option('--parallel', 'run tasks at the same time (this is the default)')
    .option('--max-workers <n>', 'tasks at the same time; default: 4', whole(1))
    .option('--continue-on-error', 'end with exit code 3, not 1, when only some nodes failed')
    .option('-r, --retry <n>', 'try a task again whose error may pass; default: 0', whole(0))
    .option('--restate', 'run a range again, and what was made from it; without one, what is marked')
    .option('--backfill', 'run everything missing in the range (this is the default)')
    .option('--frozen', 'what the environment was last applied from, whatever the files say now')
    .option('--start-date <date>', 'value of {{ start_date }}; under --backfill the same as --start')
    .option('--end-date <date>', 'value of {{ end_date }}; under --backfill the same as --end');
  does(
    withGlobals(withWait(withJson(withVerify(run), 'events as NDJSON'))),
    async () => (await import('./commands/run.ts')).run,
  );
}

function addLooking(root: Command, does: Does): void {
  root.commandsGroup('Look:');
  addIntervals(root, does);
  const query = root
    .command('query')
    .description('rows of a SELECT over the views, such as transform.orders')
    .argument('<sql>')
    .option('--csv', 'as CSV')
    .option('--env <name>', 'the environment whose views the names stand for; default: prod')
    .option('--limit <n>', 'rows at most; default: 1000', whole(1));
  does(
    withGlobals(withWait(withJson(query, 'columns and rows as JSON'))),
    async () => (await import('./commands/query.ts')).query,
  );
  const listing = root
    .command('list')
    .alias('ls')
    .description('the nodes')
    .argument('[selectors...]', 'which; default: all')
    .option('--select <selectors>', 'the same as a selector by itself', list);
  does(withGlobals(withJson(listing, 'as JSON')), async () => (await import('./commands/list.ts')).listNodes);
  const show = root.command('show').description('everything about one node').argument('<node>');
  does(
    withGlobals(withWait(withJson(show, 'as JSON'))),
    async () => (await import('./commands/show.ts')).show,
  );
  addDiff(root, does);
  addLineage(root, does);
}

function addIntervals(root: Command, does: Does): void {
  const intervals = root.command('intervals').description('what is done, and what is missing');
  const show = intervals
    .command('show', { isDefault: true })
    .description('done and missing intervals of every node')
    .argument('[selectors...]', 'which nodes; default: all')
    .option('--list', 'every interval of long histories, one a line')
    .option('--all', 'the same as --list')
    .option('--calendar', 'a line a month, a mark a day; default: of long histories with gaps');
  does(
    withGlobals(withWait(withJson(show, 'as JSON'))),
    async () => (await import('./commands/intervals-show.ts')).showIntervals,
  );
  const done = intervals
    .command('list')
    .description('the done intervals of one node, one a line')
    .argument('<node>')
    .option('-o, --output <format>', 'table or json');
  does(
    withGlobals(withWait(withJson(done, 'as JSON'))),
    async () => (await import('./commands/intervals-list.ts')).listIntervals,
  );
  const pending = intervals
    .command('pending')
    .description('the intervals that are to be run')
    .argument('[node]', 'default: all nodes')
    .option('-s, --start <time>', 'from here on')
    .option('--start-date <time>', 'the same as --start')
    .option('-e, --end <time>', 'up to here; a date is included, a timestamp is not')
    .option('--end-date <time>', 'the same as --end')
    .option('--schedule <cron>', 'for nodes that have none: five fields, @daily, daily, …')
    .option('-o, --output <format>', 'table or json');
  does(
    withGlobals(withWait(withJson(pending, 'as JSON'))),
    async () => (await import('./commands/intervals-pending.ts')).pendingIntervals,
  );
  addStatements(intervals, does);
}

/** What a person says about intervals: they are done after all, or are to be done again. */
function addStatements(intervals: Command, does: Does): void {
  const complete = intervals
    .command('complete')
    .description('count intervals as done, without running anything')
    .argument('[selectors...]', 'which nodes; default: all with an interval there')
    .requiredOption('--interval <interval>', 'a date, or "2024-01-01 to 2024-01-08"')
    .option('--node <names>', 'the same as a selector by itself', list)
    .option('-n, --nodes <names>', 'the same as --node', list)
    .option('--reason <text>', 'why, for the history');
  does(
    withGlobals(withWait(withJson(complete, 'as JSON'))),
    async () => (await import('./commands/intervals-complete.ts')).completeIntervals,
  );
  for (const name of ['restate', 'restatement-add']) {
    const restate = intervals
      .command(name, { hidden: name !== 'restate' })
      .description('mark intervals, and what was made from them, to be run again')
      .argument('[selectors...]', 'which nodes; default: all with intervals')
      .option('-s, --start <time>', 'from here on')
      .option('--start-date <time>', 'the same as --start')
      .option('-e, --end <time>', 'up to here; a date is included, a timestamp is not')
      .option('--end-date <time>', 'the same as --end')
      .option('--reason <text>', 'why, for the history')
      .option('--node <names>', 'the same as a selector by itself', list)
      .option('-n, --nodes <names>', 'the same as --node', list);
    does(
      withGlobals(withWait(withJson(restate, 'as JSON'))),
      async () => (await import('./commands/intervals-restate.ts')).restateIntervals,
    );
  }
  const listing = intervals
    .command('restatement-list')
    .description('what is marked and has not been run since')
    .argument('[selectors...]', 'which nodes; default: all');
  does(
    withGlobals(withWait(withJson(listing, 'as JSON'))),
    async () => (await import('./commands/intervals-restatements.ts')).listRestatements,
  );
  const clear = intervals
    .command('restatement-clear')
    .description('take back what is only marked')
    .argument('[selectors...]', 'which nodes; default: all');
  does(
    withGlobals(withWait(withJson(clear, 'as JSON'))),
    async () => (await import('./commands/intervals-restatements.ts')).clearRestatements,
  );
  const backfill = intervals
    .command('backfill')
    .description('run what is missing of one node in a range, and what it needs above it')
    .argument('<node>')
    .option('-s, --start <time>', 'from here on; default: the beginning of its history')
    .option('--start-date <time>', 'the same as --start')
    .option('-e, --end <time>', 'up to here; a date is included, a timestamp is not')
    .option('--end-date <time>', 'the same as --end')
    .option('--schedule <cron>', 'that of the node, to be checked: intervals are always its own')
    .option('--max-workers <n>', 'tasks at the same time; default: 4', whole(1))
    .option('-r, --retry <n>', 'try a task again whose error may pass; default: 0', whole(0))
    .option('--dry-run', 'show the plan and its tasks, run nothing');
  does(
    withGlobals(withWait(withJson(backfill, 'events as NDJSON'))),
    async () => (await import('./commands/intervals-backfill.ts')).backfillIntervals,
  );
}

function addKeeping(root: Command, does: Does): void {
  root.commandsGroup('Check and keep:');
  const validate = root.command('validate').description('read the project and say everything that is wrong');
  does(
    withGlobals(withJson(validate, 'as JSON')),
    async () => (await import('./commands/validate.ts')).validate,
  );
  addChecks(root, does);
  const parse = root
    .command('parse')
    .description('write target/manifest.json')
    .option('--path <folder>', 'the same as --project-path')
    .option('--target <folder>', 'where to write it; default: target')
    .option('--no-diff', 'do not say what changed since the last one');
  does(withGlobals(withJson(parse, 'as JSON')), async () => (await import('./commands/parse.ts')).parse);
  const clean = root
    .command('clean')
    .description('remove caches and logs')
    .option('--all', 'also the warehouse, the state and everything else in target')
    .option('-y, --yes', 'do not ask');
  does(withGlobals(withJson(clean, 'as JSON')), async () => (await import('./commands/clean.ts')).clean);
  addState(root, does);
  const doctor = root
    .command('doctor')
    .description('check the machine, the project, the warehouse and the state');
  does(withGlobals(withJson(doctor, 'as JSON')), async () => (await import('./commands/doctor.ts')).doctor);
}

/** The flags given to a command or to those above it; the nearest wins, and defaults count for nothing. */
function flagsOf<F>(command: Command): F {
  const chain: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.unshift(at);
  const flags: Record<string, unknown> = {};
  for (const each of chain) {
    for (const [name, value] of Object.entries(each.opts())) {
      if (each.getOptionValueSource(name) !== 'default') flags[name] = value;
    }
  }
  return flags as F;
}
