import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { openProject } from '../open-project.ts';
import type { Project } from '../project.ts';
import type { RunOptions } from '../run-project.ts';
import type { RunReport } from '../report.ts';

/** 2024-01-`day`, 05:00 UTC: the clock of every example. */
export const morning = (day: number): number => Date.UTC(2024, 0, day, 5);

const made = new Set<ProjectFolder>();

/** Removes what `ProjectFolder.make` made: a test file says `afterEach(removeProjectFolders)`. */
export async function removeProjectFolders(): Promise<void> {
  for (const folder of made) await folder.remove('.');
}

/** A project in a folder of its own, run by the commands that a user would give. */
export class ProjectFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param files From paths to texts; the example project if nothing is said. */
  static async make(files: { readonly [path: string]: string } = PROJECT): Promise<ProjectFolder> {
    const folder = new ProjectFolder(await mkdtemp(join(tmpdir(), 'seeknal-')));
    made.add(folder);
    await folder.write({ 'seeknal_project.yml': 'name: example\nversion: 1.0.0\n', ...files });
    return folder;
  }

  async write(files: { readonly [path: string]: string }): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.path, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  async remove(...paths: string[]): Promise<void> {
    for (const path of paths) await rm(join(this.path, path), { recursive: true, force: true });
    if (paths.includes('.')) made.delete(this);
  }

  /** Opens the project, uses it and closes it, as one command does. */
  async using<T>(now: number, use: (project: Project) => Promise<T>): Promise<T> {
    const project = await openProject(this.path, { now });
    try {
      return await use(project);
    } finally {
      await project.close();
    }
  }

  /** Runs as a command does. `tasks` are the ids of what ran, sorted. */
  async run(
    day: number,
    options: RunOptions = {},
  ): Promise<RunReport & { readonly tasks: readonly string[]; readonly events: readonly string[] }> {
    const events: string[] = [];
    const report = await this.using(morning(day), (project) =>
      project.run({ ...options, onEvent: ({ type }) => events.push(type) }),
    );
    const tasks = (report.job?.done ?? []).map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));
    return { ...report, tasks, events };
  }

  /** Rows of a query over the views of `prod`, one text each. */
  async rows(sql: string): Promise<readonly string[]> {
    const { rows } = await this.using(morning(1), (project) => project.query(sql, { limit: 100_000 }));
    return rows.map((row) => row.join(' '));
  }
}

/** A day column, an amount, and nothing else: `csv([1, 10], [1, 5], [2, 7])`. */
export const csv = (...rows: readonly (readonly [day: number, amount: number])[]): string =>
  `day,amount\n${rows.map(([day, amount]) => `2024-01-${String(day).padStart(2, '0')},${amount}\n`).join('')}`;

export const SOURCE =
  'kind: source\nname: sales\nsource: csv\ntable: data/sales.csv\ntime_column: day\ncolumns: {day: date, amount: integer}\n';

/** A transform by day; `sql` uses start and end. */
export const byDay = (name: string, input: string, sql: string, more = ''): string =>
  [
    'kind: transform',
    `name: ${name}`,
    'schedule: "@daily"',
    'start: 2024-01-01',
    'time_column: day',
    `inputs: [${input}]`,
    more,
    'transform: |',
    ...sql.split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n');

export const DAILY: string = byDay(
  'daily',
  '{ref: source.sales}',
  "SELECT day, sum(amount) AS amount FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}' GROUP BY day",
);

export const WINDOW: string = byDay(
  'window',
  '{ref: transform.daily, reads: {back: 2}}',
  "SELECT DATE '{{ start }}' AS day, sum(amount) AS amount, count(*) AS days FROM transform.daily",
);

export const TOTAL = `kind: transform
name: total
inputs: [{ref: transform.window}]
transform: SELECT count(*) AS days, sum(amount) AS amount FROM input_0
`;

export const PROJECT: { readonly [path: string]: string } = {
  'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8]),
  'seeknal/sources/sales.yml': SOURCE,
  'seeknal/transforms/daily.yml': DAILY,
  'seeknal/transforms/window.yml': WINDOW,
  'seeknal/transforms/total.yml': TOTAL,
};
