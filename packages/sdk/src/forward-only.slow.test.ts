import { expect, test } from '@jest/globals';

import type { Project } from './project.ts';
import type { RunOptions } from './run-project.ts';
import { byDay, csv, morning, ProjectFolder } from './testing/project-folder.ts';
import { promoted, random } from './testing/random-history.ts';

const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const HISTORIES = Math.max(2, Math.round(40 * SCALE));
const STEPS = 16;
const MOST_DAYS = 9;

/** Amount of a day in the file: no two quotients of different factors are alike. */
const amountOf = (day: number): number => 1000 + 7 * day;

interface Tree {
  readonly factor: number;
  readonly weight: number;
  readonly extra: boolean;
}

const filesOf = ({ factor, weight, extra }: Tree): { readonly [path: string]: string } => ({
  'seeknal/transforms/daily.yml': byDay(
    'daily',
    '{ref: source.sales}',
    `SELECT day, (${factor} * sum(amount))::BIGINT AS amount${extra ? ', count(*) AS orders' : ''} FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}' GROUP BY day`,
  ),
  'seeknal/transforms/window.yml': byDay(
    'window',
    '{ref: transform.daily, reads: {back: 1}}',
    `SELECT DATE '{{ start }}' AS day, (${weight} * sum(amount))::BIGINT AS amount FROM transform.daily`,
  ),
});

/** What is known of an environment: the factors that may have made its days, and the weights. */
interface Known {
  readonly factors: ReadonlySet<number>;
  readonly weights: ReadonlySet<number>;
}

class History {
  readonly #next: (below: number) => number;
  readonly told: string[] = [];
  readonly folder: ProjectFolder;
  readonly #known = new Map<string, Known>();
  #tree: Tree = { factor: 1, weight: 1, extra: false };
  #days = 3;

  constructor(folder: ProjectFolder, seed: number) {
    this.folder = folder;
    this.#next = random(seed);
  }

  #use<T>(use: (project: Project) => Promise<T>): Promise<T> {
    return this.folder.using(morning(this.#days + 1), use);
  }

  async #numbers(sql: string): Promise<readonly number[]> {
    return (await this.folder.rows(sql)).map(Number);
  }

  #daily(environment: string): Promise<readonly number[]> {
    const schema = environment === 'prod' ? 'transform' : `transform__${environment}`;
    return this.#numbers(`SELECT amount FROM ${schema}.daily ORDER BY day`);
  }

  async #apply(environment: string): Promise<void> {
    const before = this.#known.get(environment) ?? this.#known.get('prod');
    // What prod shows nobody else fills.
    if (environment !== 'prod') await this.#use((project) => project.run({ frozen: true }));
    const forwardOnly = before !== undefined && this.#next(2) === 0;
    const from = forwardOnly && this.#next(3) === 0 ? 1 + this.#next(this.#days) : null;
    const options: RunOptions = {
      environment,
      forwardOnly,
      ...(from !== null && { effectiveFrom: Date.UTC(2024, 0, from) }),
    };
    this.told.push(`apply ${environment} ${JSON.stringify(options)} ${JSON.stringify(this.#tree)}`);
    const had = this.#known.has(environment) || before === undefined ? environment : 'prod';
    const rows = before === undefined ? [] : await this.#daily(had);
    const { status } = await this.#use((project) => project.run(options));
    expect(['success', 'nothing_to_do']).toContain(status);
    this.#known.set(environment, {
      factors: new Set([...(before?.factors ?? []), this.#tree.factor]),
      weights: new Set([...(before?.weights ?? []), this.#tree.weight]),
    });
    await this.#check(environment);
    const now = await this.#daily(environment);
    expect(now).toHaveLength(this.#days);
    // What is done stays, from the instant on or for ever; a column more is seen in the newest day alone.
    if (forwardOnly) {
      const until = Math.max(0, Math.min(from === null ? rows.length : from - 1, rows.length) - 1);
      expect(now.slice(0, until)).toEqual(rows.slice(0, until));
    }
    // What comes is made by the definition as it is.
    const { factor } = this.#tree;
    const due = now.slice(rows.length).map((amount, i) => amount / amountOf(rows.length + i + 1));
    expect(due.every((each) => each === factor)).toBe(true);
  }

  /** Once it is up to date, what an environment shows has one explanation, from its own tables alone. */
  async #check(environment: string): Promise<void> {
    const known = this.#known.get(environment);
    if (known === undefined) return;
    await this.#use((project) => project.run({ environment, frozen: true }));
    const schema = environment === 'prod' ? 'transform' : `transform__${environment}`;
    const daily = await this.#daily(environment);
    const window = await this.#numbers(`SELECT amount FROM ${schema}.window ORDER BY day`);
    const total = await this.#numbers(`SELECT amount::BIGINT FROM ${schema}.total`);
    expect(window).toHaveLength(daily.length);
    for (const [i, amount] of daily.entries()) expect(known.factors).toContain(amount / amountOf(i + 1));
    for (const [i, amount] of window.entries()) {
      expect(known.weights).toContain(amount / ((daily[i] ?? 0) + (daily[i - 1] ?? 0)));
    }
    expect(total).toEqual([window.reduce((sum, amount) => sum + amount, 0)]);
  }

  async start(): Promise<void> {
    const sales = Array.from({ length: MOST_DAYS }, (_, i) => [i + 1, amountOf(i + 1)] as const);
    await this.folder.write({ 'data/sales.csv': csv(...sales), ...filesOf(this.#tree) });
    await this.#apply('prod');
  }

  async step(): Promise<void> {
    const environment = ['prod', 'dev', 'other'][this.#next(3)] as string;
    switch (this.#next(7)) {
      case 0:
      case 1: {
        const edits: readonly Partial<Tree>[] = [
          { factor: 1 + this.#next(4) },
          { weight: 1 + this.#next(4) },
          { extra: !this.#tree.extra },
        ];
        this.#tree = { ...this.#tree, ...edits[this.#next(edits.length)] };
        await this.folder.write(filesOf(this.#tree));
        return;
      }
      case 2:
        this.#days = Math.min(MOST_DAYS, this.#days + 1);
        this.told.push(`day ${this.#days}`);
        return;
      case 3: {
        if (environment === 'prod' || !this.#known.has(environment)) return;
        const how = await promoted(this.folder, morning(this.#days + 1), environment);
        this.told.push(`promote ${environment}: ${how}`);
        if (how === 'done') this.#known.set('prod', this.#known.get(environment) as Known);
        await this.#check('prod');
        return;
      }
      case 4: {
        if (environment === 'prod' || !this.#known.has(environment)) return;
        this.told.push(`restate ${environment}`);
        const options = { environment, restate: { nodes: ['daily'], range: null }, frozen: true } as const;
        await this.#use((project) => project.run(options));
        await this.#check('prod');
        await this.#check(environment);
        return;
      }
      default:
        await this.#apply(environment);
        for (const other of this.#known.keys()) {
          await this.#check(other);
        }
    }
  }
}

test('whatever counts from now on, an environment’s tables explain each other, and what is done stays', async () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const folder = await ProjectFolder.make();
    const history = new History(folder, seed);
    try {
      await history.start();
      for (let step = 0; step < STEPS; step += 1) await history.step();
    } catch (error) {
      process.stdout.write(`seed ${seed}:\n${history.told.join('\n')}\n`);
      throw error;
    } finally {
      await folder.remove('.');
    }
  }
}, 3_600_000);
