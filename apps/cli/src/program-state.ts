import type { Command } from 'commander';

import { later } from './elsewhere.ts';
import { withGlobals, withJson } from './flags.ts';
import type { Does } from './program.ts';

/** Looking after the state: where it is, who holds what of it, copies of it. */
export function addState(root: Command, does: Does): void {
  const state = root.command('state').description('look after what is remembered of the project');
  const doctor = state
    .command('doctor')
    .description('where the state is, whether it answers, who holds what');
  does(
    withGlobals(withJson(doctor, 'as JSON')),
    async () => (await import('./commands/state-doctor.ts')).stateDoctor,
  );
  const repair = state
    .command('repair')
    .description('make the state whole again; what was there is put aside')
    .option('--from-backup [file]', 'from the copy before the newest, or from what state backup wrote')
    .option('--rebuild', 'from the ledger of the warehouse');
  does(
    withGlobals(withJson(repair, 'as JSON')),
    async () => (await import('./commands/state-repair.ts')).stateRepair,
  );
  const backup = state
    .command('backup')
    .description('copy everything that is remembered into one file')
    .option('-o, --out <file>', 'default: target/backups/state-<time>.json');
  does(
    withGlobals(withJson(backup, 'as JSON')),
    async () => (await import('./commands/state-backup.ts')).stateBackup,
  );
  const unlock = state
    .command('unlock')
    .description('take back what killed processes hold')
    .option('--all', 'also what has not expired yet')
    .option('-y, --yes', 'do not ask');
  does(
    withGlobals(withJson(unlock, 'as JSON')),
    async () => (await import('./commands/state-unlock.ts')).stateUnlock,
  );
  const migrate = state
    .command('migrate')
    .description('bring the tables of the state up to date; every command does so by itself')
    .option('--dry-run', 'only print the statements');
  does(
    withGlobals(withJson(migrate, 'as JSON')),
    async () => (await import('./commands/state-migrate.ts')).stateMigrate,
  );
  state.on('command:*', ([name = '']: string[]) => {
    throw later(`state ${name}`);
  });
  const copy = root
    .command('migrate-state')
    .description(
      'copy what is remembered to another kind of state; only says what it would do, unless told otherwise',
    )
    .option('--from <kind>', 'file, database or python; default: what the project uses')
    .option('--to <kind>', 'file or database; default: the other one')
    .option('--backend <kind>', 'the same as --to')
    .option('--url <url>', 'of the database; default: that of the project, else target/state.db')
    .option('--no-dry-run', 'do it')
    .option('--dry-run', 'only say what would be copied: the default')
    .option('--summary', 'only the last line');
  does(
    withGlobals(withJson(copy, 'as JSON')),
    async () => (await import('./commands/migrate-state.ts')).migrate,
  );
}
