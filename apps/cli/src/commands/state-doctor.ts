import { formatInstant, type Instant } from '@seeknal/intervals';
import type { HeldRight, StateReport } from '@seeknal/sdk';

import { count, duration } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';

/** Clocks further apart than this make leases end too early or too late. */
const SKEW_MS = 5000;
/** A step takes one or two requests, and a run some for every task. */
const SLOW_MS = 500;

/** Looks at the state: where it is, whether it answers, who holds what. Changes nothing. */
export const stateDoctor: CommandBody<object> = async ({ folder, now, io, isJson, terminal }) => {
  const { stateReport } = await import('@seeknal/sdk');
  const report = await stateReport(folder, { now, env: io.env });
  const warnings = warningsOf(report);
  if (isJson) {
    terminal.print(JSON.stringify({ ...report, warnings }, null, 2));
    return 0;
  }
  const { color, mark } = terminal.out;
  const { description, exists, database } = report;
  terminal.print(`${color.green(mark.ok)} State: ${description}${exists ? '' : ' (there is none yet)'}`);
  if (database !== null) {
    terminal.print(`  answers in ${duration(database.roundTripMs)}; schema ${database.schemaVersion}`);
  }
  const counts = [
    count(report.runs, 'run'),
    count(report.snapshots, 'snapshot'),
    count(report.environments, 'environment'),
  ];
  terminal.print(`  ${counts.join(', ')}`);
  terminal.print(`  ${report.held.length === 0 ? 'nobody holds anything' : `held: ${report.held.length}`}`);
  for (const right of report.held) terminal.print(`    ${heldText(right)}`);
  for (const warning of warnings) terminal.print(`${color.yellow(mark.warning)} ${warning}`);
  return 0;
};

export const heldText = ({ kind, name, holder, expiresAt, isExpired }: HeldRight): string =>
  `${kind} ${name} by ${holder}, ${isExpired ? 'expired' : 'until'} ${at(expiresAt)}`;

function warningsOf({ database, held }: StateReport): readonly string[] {
  const warnings: string[] = [];
  if (database !== null) {
    const { clockSkewMs, pendingMigrations, orphans, roundTripMs } = database;
    if (roundTripMs > SLOW_MS) {
      warnings.push(
        `It takes ${duration(roundTripMs)} to answer. A server of your own wants --checkpoint-interval-s, and to be near.`,
      );
    }
    if (Math.abs(clockSkewMs) > SKEW_MS) {
      const direction = clockSkewMs > 0 ? 'behind' : 'ahead of';
      warnings.push(
        `This machine's clock is ${Math.round(Math.abs(clockSkewMs) / 1000)} s ${direction} the server's. Leases go by the server's; set this one right.`,
      );
    }
    if (pendingMigrations.length > 0)
      warnings.push(`The tables are to be brought up to date: ${pendingMigrations.join(', ')}`);
    if (orphans.nodes + orphans.texts > 0) {
      warnings.push(
        `Nothing refers to ${count(orphans.nodes, 'node state')} and ${count(orphans.texts, 'manifest')}.`,
      );
    }
  }
  const expired = held.filter(({ isExpired }) => isExpired).length;
  if (expired > 0)
    warnings.push(`${count(expired, 'right')} expired and not given back: seeknal state unlock takes them.`);
  return warnings;
}

/** To the second. */
const at = (instant: Instant): string => formatInstant(instant - (instant % 1000));
