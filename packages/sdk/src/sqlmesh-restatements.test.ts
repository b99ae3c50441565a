import { afterEach, expect } from '@jest/globals';
import { resolveRange, type Interval } from '@seeknal/intervals';

import { ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';
import { casesOf, print, type Answer, type Inputs } from './testing/sqlmesh-cases.ts';
import { nodeOf } from './testing/sqlmesh-models.ts';
import { NOW, run, withCases } from './testing/sqlmesh-project.ts';

afterEach(removeProjectFolders);

const answer = (what: string, theirs: unknown, ours: unknown, reason: string): Answer => ({
  what,
  theirs,
  ours,
  reason: JSON.stringify(theirs) === JSON.stringify(ours) ? null : reason,
});

/** The rows that the cases speak of where they do not say which there are. */
const ROWS = ['2024-01-01 00:30:00', '2024-01-01 01:30:00', '2024-01-01 02:30:00', '2024-01-02 00:30:00'];

/** What a case goes on from that does not repeat what was before it. */
const BEFORE: Inputs = {
  a: 'INCREMENTAL_BY_TIME_RANGE hourly',
  b: 'INCREMENTAL_BY_TIME_RANGE daily, reads a',
  delete_source: '2024-01-01 01:30:00',
  restate: ['a'],
  start: '2024-01-01 01:00:00',
  end: '2024-01-01 02:00:00',
};

const sourceOf = (rows: readonly string[]): { readonly [path: string]: string } => ({
  'data/outside.csv': `ts\n${rows.map((row) => `${row}\n`).join('')}`,
  'seeknal/sources/outside.yml':
    'kind: source\nname: outside\nsource: csv\ntable: data/outside.csv\ncolumns: {ts: timestamp}\n',
});

/** `INCREMENTAL_BY_TIME_RANGE daily disable_restatement, reads a`. */
function incremental(name: string, words: string, more = ''): { readonly [path: string]: string } {
  const schedule = words.includes('hourly') ? '@hourly' : '@daily';
  const [, read] = /reads (\w+)/u.exec(words) ?? [];
  const input = read === undefined ? 'source.outside' : nodeOf(read);
  const text = `kind: transform
name: ${name}
schedule: "${schedule}"
start: 2024-01-01
time_column: ts
batch_size: 240
inputs: [{ref: ${input}}]
transform: SELECT ts${more} FROM ${input} WHERE ts >= '{{ start }}' AND ts < '{{ end }}'
`;
  return { [`seeknal/transforms/${name}.yml`]: text };
}

const range = (start: string, end: string): Interval => resolveRange({ start, end, now: NOW }).range;

const timesIn = (folder: ProjectFolder, name: string): Promise<readonly string[]> =>
  folder.rows(`SELECT strftime(ts, '%Y-%m-%d %H:%M:%S') FROM ${nodeOf(name)} ORDER BY ts`);

const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as readonly string[]);

type Words = { readonly [model: string]: string };

/** The models that a case describes in words. */
const modelsIn = (inputs: Inputs): Words =>
  Object.fromEntries(
    Object.entries(inputs).filter(
      ([, words]) =>
        typeof words === 'string' && /\b(?:INCREMENTAL_BY_TIME_RANGE|hourly|daily)\b/u.test(words),
    ),
  ) as Words;

/** The case before one, where it is among those that are here. */
function previous(id: string): Inputs {
  const numberOf = (of: string): number => Number(of.split('/')[1]);
  const found = casesOf('restatement.data').find((each) => numberOf(each.id) === numberOf(id) - 1);
  return found?.inputs ?? BEFORE;
}

const UNEXPLAINED = 'other rows';

/** Keys that are read, beside those of models and rows. */
const READ = /^(?:delete_source|restate|start|end|continues|source.*)$/u;

/** Runs what a case tells, chapter by chapter, and looks at the rows. */
async function restated(id: string, inputs: Inputs, expected: object): Promise<readonly Answer[]> {
  const chapters = inputs['continues'] === undefined ? [inputs] : [previous(id), inputs];
  const [first = inputs] = chapters;
  const said = modelsIn(first);
  const models = Object.keys(said).length === 0 ? modelsIn(BEFORE) : said;
  const given = Object.entries(first).find(
    ([key, rows]) => /^source(?!_replaced)/u.test(key) && Array.isArray(rows),
  );
  let source = (given?.[1] ?? ROWS) as readonly string[];
  const files = Object.entries(models).map(([name, words]) => incremental(name, words));
  const folder = await ProjectFolder.make(Object.assign({}, sourceOf(source), ...files));
  await run(folder, 'prod');
  const commitsOf = (name: string): Promise<number> =>
    folder.using(NOW, async (project) => {
      const commits = await project.ledger();
      return commits.filter(({ node }) => node === nodeOf(name)).length;
    });
  const before = new Map<string, number>();
  for (const name of Object.keys(models)) before.set(name, await commitsOf(name));
  for (const { delete_source: gone, source_replaced_by: instead, restate, start, end } of chapters) {
    source = instead === undefined ? source.filter((row) => !listOf(gone).includes(row)) : listOf(instead);
    await folder.write(sourceOf(source));
    const nodes = listOf(restate).map(nodeOf);
    const options = { restate: { nodes, range: range(String(start), String(end)) } };
    await run(folder, 'prod', nodes.length > 0 ? options : {});
  }
  const isExempt = Object.values(models).some((words) => words.includes('disable_restatement'));
  const why = isExempt
    ? 'no node is exempt: what was made from rows that are made again is, too'
    : UNEXPLAINED;
  const found: Answer[] = [];
  for (const [key, theirs] of Object.entries(expected)) {
    const [, of = '', what = ''] = /^(\w+)_(rows|intervals)$/u.exec(key) ?? [];
    if (what === 'rows') found.push(answer(key, theirs, (await timesIn(folder, of)).length, why));
    else if (what === 'intervals') {
      const ours = (await commitsOf(of)) === before.get(of) ? 'unchanged' : 'made again';
      found.push(answer(key, theirs, ours, why));
    } else {
      for (const name of key.split(' and ')) {
        found.push(answer(name, theirs, await timesIn(folder, name), why));
      }
    }
  }
  return found;
}

/** Everything that differs has a reason, if everything that the case says was read. */
function explained(inputs: Inputs, answers: readonly Answer[]): readonly Answer[] {
  const unread = Object.keys(inputs).filter((key) => !READ.test(key) && !(key in modelsIn(inputs)));
  if (unread.length === 0) expect(answers.filter(({ reason }) => reason === UNEXPLAINED)).toEqual([]);
  return answers.map((each) =>
    each.reason === UNEXPLAINED ? { ...each, reason: `${unread.join()} is not read` } : each,
  );
}

withCases(
  'rows of a source change, and a model is restated',
  async () => {
    const answers: [string, readonly Answer[]][] = [];
    for (const { id, inputs, expected } of casesOf('restatement.data')) {
      answers.push([id, explained(inputs, await restated(id, inputs, expected as object))]);
    }
    print('restatement.data', answers);
  },
  300_000,
);

/** Does what the steps say, one after the other, and counts rows where the case does. */
async function acted(
  steps: readonly string[],
  days: readonly string[],
  expected: object,
): Promise<readonly Answer[]> {
  let source = days.map((day) => `${day} 12:00:00`);
  const folder = await ProjectFolder.make(sourceOf(source));
  const changed = new Set<string>();
  const found: Answer[] = [];
  for (const step of steps) {
    const [verb = ''] = step.split(' ');
    const environment = /\b(?:prod|dev\w*|staging)\b/u.exec(step)?.[0] ?? 'prod';
    const [from = '01-01', to = from] = step.match(/\d\d-\d\d/gu) ?? [];
    if (verb === 'delete') {
      source = source.filter((row) => !row.includes(`-${from} `));
      await folder.write(sourceOf(source));
      continue;
    }
    if (verb === 'change') changed.add(environment);
    await folder.write(incremental('model', 'daily', changed.has(environment) ? ', 1 AS one' : ''));
    const restate = { nodes: [nodeOf('model')], range: range(`2024-${from}`, `2024-${to}`) };
    await run(folder, environment, verb === 'restate' ? { restate } : {});
    for (const [key, counts] of Object.entries(expected) as [string, { readonly [step: string]: number }][]) {
      const of = key.replace('_rows_after', '');
      const said = Object.keys(counts).find((start) => step.startsWith(start));
      if (said === undefined) continue;
      const { rows } = await folder.using(NOW, (project) =>
        project.query(`SELECT ts FROM ${nodeOf('model')}`, { environment: of }),
      );
      found.push(answer(`${of} after ${said}`, counts[said], rows.length, UNEXPLAINED));
    }
  }
  return found;
}

withCases(
  'a restatement in one environment, and what others see of it',
  async () => {
    const answers: [string, readonly Answer[]][] = [];
    for (const { id, inputs, expected } of casesOf('restatement.cross_env')) {
      const { steps, source_days: days, ...rest } = inputs;
      const found = await acted(listOf(steps), listOf(days), expected as object);
      answers.push([id, explained(rest, found)]);
    }
    print('restatement.cross_env', answers);
  },
  300_000,
);
