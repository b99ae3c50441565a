import { formatInstant, type Instant } from '@seeknal/intervals';
import type { Environment } from '@seeknal/sdk';

import { table } from '../output/table.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

/** The environments: what each is, and when it ends. */
export const listEnvironments: CommandBody<object> = (session) =>
  withProject(session, async ({ environments }): Promise<ExitCode> => {
    const found = await environments.listEnvironments();
    const { print, out } = session.terminal;
    if (session.isJson) print(JSON.stringify({ environments: found.map(asJson) }, null, 2));
    else if (found.length === 0)
      print('There is no environment yet: seeknal run makes prod, seeknal apply <name> another.');
    else print(table(COLUMNS, found.map(row), out));
    return 0;
  });

const COLUMNS = [
  { name: 'environment' },
  { name: 'status' },
  { name: 'nodes', isNumber: true },
  { name: 'other than prod', isNumber: true },
  { name: 'created' },
  { name: 'changed' },
  { name: 'expires' },
];

const row = (each: Environment): readonly string[] => [
  each.name,
  each.status,
  String(each.nodes),
  String(each.differing),
  at(each.createdAt),
  at(each.switchedAt),
  each.expiresAt === null ? 'never' : `${at(each.expiresAt)}${each.isExpired ? ' (EXPIRED)' : ''}`,
];

/** To the second. */
const at = (instant: Instant): string => formatInstant(instant - (instant % 1000));

const asJson = ({ plan, ...each }: Environment): object => ({
  ...each,
  createdAt: formatInstant(each.createdAt),
  switchedAt: formatInstant(each.switchedAt),
  expiresAt: each.expiresAt === null ? null : formatInstant(each.expiresAt),
  plan: plan === null ? null : plan.summary,
});
