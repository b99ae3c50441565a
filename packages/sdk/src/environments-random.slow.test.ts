import { expect, test } from '@jest/globals';

import type { Project } from './project.ts';
import type { RunOptions } from './run-project.ts';
import { byDay, csv, morning, ProjectFolder } from './testing/project-folder.ts';
import { promoted, random } from './testing/random-history.ts';

const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const HISTORIES = Math.max(2, Math.round(30 * SCALE));
const STEPS = 14;
const DAYS = 5;

/** A version of the project: what its two queries multiply by, and what else may differ. */
interface Tree {
  readonly factor: number;
  readonly least: number;
  readonly weight: number;
  /** A column that nothing reads. */
  readonly extra: boolean;
  readonly description: string;
  /** What `daily` is called. */
  readonly name: string;
}

const NAMES = ['daily', 'sums', 'counts'];

const filesOf = ({
  factor,
  least,
  weight,
  extra,
  description,
  name,
}: Tree): { readonly [path: string]: string } => ({
  'seeknal/transforms/daily.yml': byDay(
    name,
    '{ref: source.sales}',
    `SELECT day, (${factor} * sum(amount))::INTEGER AS amount${extra ? ', count(*) AS orders' : ''} FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}' AND amount >= ${least} GROUP BY day`,
    `description: ${description}\nrenamed_from: [${NAMES.filter((each) => each !== name).join(', ')}]`,
  ),
  'seeknal/transforms/window.yml': byDay(
    'window',
    `{ref: transform.${name}, reads: {back: 1}}`,
    `SELECT DATE '{{ start }}' AS day, (${weight} * coalesce(sum(amount), 0))::INTEGER AS amount FROM transform.${name}`,
  ),
});

type Sales = readonly (readonly [day: number, amount: number])[];

/** What every view has to show, worked out from the file and the version alone. */
function expected({ factor, least, weight, name }: Tree, sales: Sales): readonly string[] {
  const date = (day: number): string => `2024-01-${String(day).padStart(2, '0')}`;
  const daily = new Map<number, number>();
  for (const [day, amount] of sales) {
    if (amount >= least) daily.set(day, (daily.get(day) ?? 0) + factor * amount);
  }
  const window = Array.from({ length: DAYS }, (_, i) => {
    const day = i + 1;
    return [day, weight * ((daily.get(day) ?? 0) + (daily.get(day - 1) ?? 0))] as const;
  });
  const sum = window.reduce((all, [, amount]) => all + amount, 0);
  return [
    [name, 'total', 'window'].toSorted(),
    [...daily].toSorted(([a], [b]) => a - b).map(([day, amount]) => `${date(day)} ${amount}`),
    window.map(([day, amount]) => `${date(day)} ${amount}`),
    [`${DAYS} ${sum}`],
  ].map((rows) => rows.join('|'));
}

class History {
  readonly #next: (below: number) => number;
  readonly told: string[] = [];
  #tree: Tree = { factor: 1, least: 0, weight: 1, extra: false, description: 'first', name: 'daily' };
  #sales: Sales = [
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
  ];
  readonly #shown = new Map<string, Tree>();
  #before: Tree | null = null;
  readonly folder: ProjectFolder;

  constructor(folder: ProjectFolder, seed: number) {
    this.folder = folder;
    this.#next = random(seed);
  }

  #use<T>(use: (project: Project) => Promise<T>): Promise<T> {
    return this.folder.using(morning(DAYS + 1), use);
  }

  #run(options: RunOptions): Promise<{ readonly status: string }> {
    return this.#use((project) => project.run(options));
  }

  async #views(environment: string): Promise<readonly string[]> {
    const schema = environment === 'prod' ? 'transform' : `transform__${environment}`;
    const { name } = this.#shown.get(environment) as Tree;
    const found: string[] = [];
    for (const sql of [
      `SELECT view_name FROM duckdb_views() WHERE schema_name = '${schema}' ORDER BY ALL`,
      `SELECT day, amount FROM ${schema}.${name} ORDER BY day`,
      `SELECT day, amount FROM ${schema}.window ORDER BY day`,
      `SELECT days, amount::INTEGER FROM ${schema}.total`,
    ]) {
      found.push((await this.folder.rows(sql)).join('|'));
    }
    return found;
  }

  /** Brings what an environment was applied from up to date, and looks at it. */
  async #check(environment: string): Promise<void> {
    const tree = this.#shown.get(environment);
    if (tree === undefined) return;
    const { status } = await this.#run({ environment, frozen: true });
    expect(['success', 'nothing_to_do']).toContain(status);
    expect(await this.#views(environment)).toEqual(expected(tree, this.#sales));
    expect(await this.#run({ environment, frozen: true })).toMatchObject({ status: 'nothing_to_do' });
  }

  async start(): Promise<void> {
    await this.folder.write({ 'data/sales.csv': csv(...this.#sales), ...filesOf(this.#tree) });
    await this.#run({});
    this.#shown.set('prod', this.#tree);
    await this.#check('prod');
  }

  async step(): Promise<void> {
    const environment = ['dev', 'other'][this.#next(2)] as string;
    const before = this.#shown.has('prod') ? await this.#views('prod') : null;
    switch (this.#next(9)) {
      case 0:
      case 1: {
        const tree = this.#tree;
        const edits: readonly Partial<Tree>[] = [
          { factor: 1 + this.#next(3) },
          { least: this.#next(4) },
          { weight: 1 + this.#next(3) },
          { extra: !tree.extra },
          { description: `text ${this.#next(5)}` },
          { name: NAMES[this.#next(NAMES.length)] as string },
        ];
        this.#tree = { ...tree, ...edits[this.#next(edits.length)] };
        this.told.push(`edit ${JSON.stringify(this.#tree)}`);
        await this.folder.write(filesOf(this.#tree));
        return;
      }
      case 2: {
        const day = 1 + this.#next(DAYS);
        this.#sales = [...this.#sales, [day, this.#next(9)] as const].toSorted(([a], [b]) => a - b);
        this.told.push(`correct day ${day}`);
        await this.folder.write({ 'data/sales.csv': csv(...this.#sales) });
        await this.#check('prod');
        return;
      }
      case 3:
      case 4: {
        this.told.push(`apply ${environment}`);
        await this.#check('prod');
        await this.#run({ environment });
        this.#shown.set(environment, this.#tree);
        await this.#check(environment);
        break;
      }
      case 5: {
        const tree = this.#shown.get(environment);
        if (tree === undefined) return;
        this.told.push(`promote ${environment}`);
        const how = await promoted(this.folder, morning(DAYS + 1), environment);
        if (how !== 'done') {
          this.told.push(how);
          break;
        }
        this.#before = this.#shown.get('prod') ?? null;
        this.#shown.set('prod', tree);
        await this.#check('prod');
        return;
      }
      case 6: {
        if (this.#before === null) return;
        this.told.push('rollback prod');
        await this.#use((project) => project.environments.rollback('prod'));
        this.#shown.set('prod', this.#before);
        this.#before = null;
        await this.#check('prod');
        return;
      }
      case 7: {
        const tree = this.#shown.get(environment);
        if (tree === undefined) return;
        const day = 1 + this.#next(DAYS);
        this.told.push(`restate ${environment} day ${day}`);
        await this.#check('prod');
        const start = Date.UTC(2024, 0, day);
        const restate = { nodes: [`transform.${tree.name}`], range: { start, end: start + 86_400_000 } };
        await this.#run({ environment, frozen: true, restate });
        await this.#check(environment);
        break;
      }
      default: {
        if (!this.#shown.has(environment)) return;
        this.told.push(`delete ${environment}, clean up`);
        await this.#use(async ({ environments }) => {
          await environments.delete(environment);
          await environments.cleanupExpired({ graceHours: 0 });
        });
        this.#shown.delete(environment);
        this.#before = null;
      }
    }
    // Whatever is done elsewhere, who reads prod sees none of it.
    if (before !== null && this.told.at(-1)?.startsWith('apply') !== true) {
      expect(expected(this.#shown.get('prod') as Tree, this.#sales)).toEqual(await this.#views('prod'));
    }
  }

  async end(): Promise<void> {
    for (const name of ['prod', 'dev', 'other']) await this.#check(name);
  }
}

test(`${HISTORIES} random histories of three environments: each shows exactly what its version makes of the file`, async () => {
  const first = Number(process.env['SEEKNAL_SEED'] ?? Date.now() % 100_000);
  for (let seed = first; seed < first + HISTORIES; seed += 1) {
    const folder = await ProjectFolder.make();
    const history = new History(folder, seed);
    try {
      await history.start();
      for (let step = 0; step < STEPS; step += 1) await history.step();
      await history.end();
    } catch (error) {
      throw new Error(`seed ${seed}: ${history.told.join('; ')}`, { cause: error });
    } finally {
      await folder.remove('.');
    }
  }
}, 3_600_000);
