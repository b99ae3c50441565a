import { chaosProxy, type Sqld } from '@seeknal/state-libsql/testkit';

import { emptyFolder, seeknal as inProcess } from './in-process.test.kit.ts';
import { start, type Ended } from './own-process.test.kit.ts';

/** The clock of every run here. */
export const NOW = '2015-12-01';

/** What tells a process where the state is. */
export const stateAt = (url: string, token: string): { readonly [name: string]: string } => ({
  SEEKNAL_NOW: NOW,
  SEEKNAL_STATE_URL: url,
  SEEKNAL_STATE_TOKEN: token,
});

/** The example project in a folder of its own. */
export async function example(): Promise<string> {
  const folder = await emptyFolder();
  await inProcess(folder, 'init weather');
  return `${folder}/weather`;
}

/** How often something was committed to each node, ever; one that was repeated counts twice. */
export type Ledger = readonly (readonly [node: string, commits: number])[];

/** Of the example, when everything was done once: days are run in four stretches. */
export const ONCE: Ledger = [
  ['exposure.monthly_csv', 1],
  ['rule.temperature_range', 1],
  ['source.weather', 1],
  ['transform.daily', 4],
  ['transform.monthly', 1],
  ['transform.weekly_window', 4],
];

/** The ledger of a warehouse; a commit that another took the place of is no longer in it, but was counted. */
export const ledgerOf = (folder: string): Promise<Ledger> =>
  rowsOf(folder, 'SELECT node, max(seq)::INTEGER FROM _seeknal.commits GROUP BY ALL ORDER BY ALL');

/** Rows of a query, without the state that the project shares. */
export async function rowsOf<Row>(folder: string, sql: string): Promise<readonly Row[]> {
  const env = { SEEKNAL_STATE_URL: 'file:target/looking.db', SEEKNAL_NOW: NOW };
  const { code, out, err } = await inProcess(folder, ['query', '--json', sql], { env });
  if (code !== 0) throw new Error(err);
  return (JSON.parse(out) as { readonly rows: readonly Row[] }).rows;
}

/** A run whose server is killed as soon as it was asked so often. */
export async function runUntil(
  folder: string,
  server: Sqld,
  requests: number,
  env: object = {},
): Promise<{
  readonly ended: Promise<Ended>;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}> {
  const proxy = await chaosProxy(server.port);
  const { ended } = start(folder, ['run'], { ...stateAt(proxy.url, server.token()), ...env });
  const isOver = ended.then(() => true);
  for (let isEnded = false; !isEnded && proxy.counts.requests < requests;) {
    isEnded = await Promise.race([
      isOver,
      new Promise<false>((resolve) => void setTimeout(resolve, 2, false)),
    ]);
  }
  if (Number.isFinite(requests)) await server.kill();
  return { ended, requests: () => proxy.counts.requests, close: () => proxy.close() };
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
