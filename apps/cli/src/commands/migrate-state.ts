import type { MigrationReport, StateKind } from '@seeknal/sdk';

import { CliError } from '../errors.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';

export interface MigrateStateFlags {
  readonly from?: string;
  readonly to?: string;
  readonly backend?: string;
  readonly url?: string;
  readonly dryRun?: boolean;
  readonly summary?: boolean;
}

const KINDS: { readonly [name: string]: StateKind } = {
  file: 'file',
  database: 'database',
  libsql: 'database',
  turso: 'database',
  sqlite: 'database',
  python: 'python',
};

/** Copies what is remembered to another kind of state. Dry unless told otherwise. */
export const migrate: CommandBody<MigrateStateFlags> = async (session, _args, flags) => {
  const { folder, now, io, isJson, terminal } = session;
  const [from, to] = [kindOf('--from', flags.from), kindOf('--to', flags.to ?? flags.backend)];
  const { migrateState } = await import('@seeknal/sdk');
  const report = await migrateState(folder, {
    now,
    env: io.env,
    isDry: flags.dryRun !== false,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(flags.url !== undefined && { url: flags.url }),
  });
  if (isJson) {
    terminal.print(JSON.stringify(report, null, 2));
    return 0;
  }
  if (flags.summary !== true) for (const line of detail(report)) terminal.print(line);
  const { color, mark } = terminal.out;
  const did = report.isDry ? 'would be copied' : 'copied and verified';
  terminal.print(`${color.green(mark.ok)} ${report.from} to ${report.to}: ${total(report)} ${did}`);
  if (report.isDry) terminal.say(`  ${terminal.err.mark.hint} Nothing was written. Do it with --no-dry-run.`);
  else if (!report.isInUse) {
    const setting =
      report.to === 'file'
        ? 'file'
        : flags.url === undefined
          ? 'libsql'
          : `{libsql: {url: ${plainUrl(flags.url)}}}`;
    terminal.say(
      `  ${terminal.err.mark.hint} Use it from now on: state_backend: ${setting} in seeknal_project.yml.`,
    );
  }
  return 0;
};

function detail({
  runs,
  nodes,
  snapshots,
  environments,
  manifests,
  events,
  already,
  backups,
}: MigrationReport): readonly string[] {
  return [
    `  runs          ${runs} (there already: ${already.runs})`,
    `  node states   ${nodes}`,
    `  snapshots     ${snapshots} (there already: ${already.snapshots})`,
    `  environments  ${environments} (there already: ${already.environments})`,
    `  manifests     ${manifests}`,
    `  history       ${count(events, 'event')}`,
    ...backups.map((path) => `  backup        ${path}`),
  ];
}

/** A token may stand behind the `?`; in the settings it belongs beside the URL, as a variable. */
const plainUrl = (url: string): string => url.replace(/\?.*$/su, '');

const total = ({ runs, snapshots, environments }: MigrationReport): string =>
  [count(runs, 'run'), count(snapshots, 'snapshot'), count(environments, 'environment')].join(', ');

function kindOf(flag: string, value: string | undefined): StateKind | undefined {
  if (value === undefined) return undefined;
  if (Object.hasOwn(KINDS, value)) return KINDS[value];
  throw CliError.usage(`${flag} ${value} is no kind of state.`, 'Use file, database or python.');
}
