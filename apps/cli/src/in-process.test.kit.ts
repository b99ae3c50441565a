import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll } from '@jest/globals';

import { runCli } from './run-cli.ts';

/** What a command line left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: { readonly [name: string]: string };
  /** Answered to every question; nobody answers without it. */
  readonly answer?: string;
  readonly signal?: AbortSignal;
  /** Pretends that both streams are a terminal of this width. */
  readonly columns?: number;
}

/** The clock of every command here, unless it has its own: noon of 4 January 2024. */
const NOW = Date.UTC(2024, 0, 4, 12);

/** Runs a command line in this process; words are split at blanks, an array is taken as it is. */
export async function seeknal(
  cwd: string,
  line: string | readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): { write(text: string): void; isTTY: boolean; columns?: number } => ({
    write: (text) => void (written[name] += text),
    isTTY: options.columns !== undefined,
    ...(options.columns !== undefined && { columns: options.columns }),
  });
  const code = await runCli(typeof line === 'string' ? line.split(' ') : line, {
    cwd,
    env: options.env ?? {},
    stdout: stream('out'),
    stderr: stream('err'),
    clock: () => NOW,
    ask: () => Promise.resolve(options.answer ?? null),
    interruption: () => ({ signal: options.signal ?? new AbortController().signal, release: () => {} }),
  });
  return { code, out: withoutDurations(written.out), err: withoutDurations(written.err) };
}

const withoutDurations = (text: string): string => text.replaceAll(/\d+\.\d\ds/gu, '#s');

/** An empty folder that is gone after the tests. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-cli-'));
  folders.push(folder);
  return folder;
}

/** A folder with these files. */
export async function folderWith(files: { readonly [path: string]: string }): Promise<string> {
  const folder = await emptyFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** A shop: three days of orders in a file, summed up by day, and all of them together. */
export const SHOP: { readonly [path: string]: string } = {
  'seeknal_project.yml': 'name: shop\n',
  'data/orders.csv': 'day,amount\n2024-01-01,10\n2024-01-01,5\n2024-01-02,7\n2024-01-03,1\n',
  'seeknal/sources/orders.yml': `kind: source
name: orders
source: csv
table: data/orders.csv
schema: [{ name: day, data_type: date }, { name: amount, data_type: integer }]
time_column: day
tags: [raw]
`,
  'seeknal/transforms/daily.yml': `kind: transform
name: daily
description: Turnover by day.
schedule: "@daily"
start: "2024-01-01"
time_column: day
inputs: [{ ref: source.orders }]
transform: |
  SELECT day, sum(amount)::INTEGER AS amount FROM ref('source.orders')
  WHERE day >= '{{ start }}' AND day < '{{ end }}' GROUP BY day
`,
  'seeknal/transforms/total.yml': `kind: transform
name: total
tags: [report]
inputs: [{ ref: transform.daily }]
transform: SELECT sum(amount)::INTEGER AS amount FROM ref('transform.daily')
`,
};

export const shop = (changes: { readonly [path: string]: string } = {}): Promise<string> =>
  folderWith({ ...SHOP, ...changes });

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
