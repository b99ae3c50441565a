import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePlanFile, planFileText } from '@seeknal/environments';
import { afterEach, expect, test } from '@jest/globals';

import { openProject } from './open-project.ts';
import type { RunEvent, RunReport } from './report.ts';
import type { PlanOptions } from './situation.ts';
import {
  csv,
  DAILY,
  morning,
  ProjectFolder,
  removeProjectFolders,
  WINDOW,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const FILTERED = DAILY.replace("day < '{{ end }}'", "day < '{{ end }}' AND amount > 1");
const DAILY_FILE = 'seeknal/transforms/daily.yml';
const WINDOW_FILE = 'seeknal/transforms/window.yml';

/** A project that ran, with a change that is planned for dev and not applied: the text of the plan's file. */
async function planned(
  before: (folder: ProjectFolder) => Promise<unknown> = () => Promise.resolve(),
  options: PlanOptions = {},
  change: { readonly [file: string]: string } = { [DAILY_FILE]: FILTERED },
): Promise<{ readonly folder: ProjectFolder; readonly text: string }> {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await before(folder);
  await folder.write(change);
  const plan = await folder.using(morning(5), (project) => project.plan({ ...options, environment: 'dev' }));
  return { folder, text: planFileText(plan) };
}

const applied = (folder: ProjectFolder, text: string, day = 5): Promise<RunReport> =>
  folder.using(morning(day), (project) => project.apply(parsePlanFile(text)));

const madeDev = (folder: ProjectFolder): Promise<unknown> => folder.run(5, { environment: 'dev' });

type Step = (folder: ProjectFolder) => Promise<unknown>;

/** What happens between the plan and its application, what is said of it, and what there was before the plan. */
const MOVES: readonly {
  readonly what: string;
  readonly move: Step;
  readonly said: RegExp;
  readonly before?: Step;
  readonly options?: PlanOptions;
  readonly change?: { readonly [file: string]: string };
}[] = [
  { what: 'the environment was made', move: madeDev, said: /dev was made meanwhile/u },
  {
    what: 'the environment moved',
    before: madeDev,
    move: async (folder) => {
      await folder.write({ [DAILY_FILE]: DAILY.replace('sum(amount)', '5 * sum(amount)') });
      await madeDev(folder);
      await folder.write({ [DAILY_FILE]: FILTERED });
    },
    said: /dev moved from epoch 1 to 2/u,
  },
  {
    what: 'the environment was deleted',
    before: madeDev,
    move: (folder) => folder.using(morning(5), (project) => project.environments.delete('dev')),
    said: /dev was deleted/u,
  },
  {
    what: 'a definition was edited',
    move: (folder) => folder.write({ [WINDOW_FILE]: WINDOW.replace('count(*)', '7 * count(*)') }),
    said: /the definition of transform\.\w+ changed \(and of 1 more\)/u,
  },
  {
    what: 'audits were added',
    move: (folder) =>
      folder.write({ [DAILY_FILE]: `audits: [{type: not_null, columns: [day]}]\n${FILTERED}` }),
    said: /the definition of transform\.daily changed/u,
  },
  {
    what: 'a look-back was added',
    move: (folder) => folder.write({ [DAILY_FILE]: `lookback: 1\n${FILTERED}` }),
    said: /the definition of transform\.daily changed/u,
  },
  {
    what: 'a node was added',
    move: (folder) =>
      folder.write({
        'seeknal/transforms/more.yml': 'kind: transform\nname: more\ntransform: SELECT 1 AS one\n',
      }),
    said: /transform\.more was added to the project/u,
  },
  {
    what: 'a node was removed',
    move: (folder) => folder.remove('seeknal/transforms/total.yml'),
    said: /transform\.total was removed from the project/u,
  },
  {
    what: 'rows that it reads were restated',
    change: { [WINDOW_FILE]: WINDOW.replace('count(*)', '7 * count(*)') },
    move: (folder) =>
      folder.using(morning(5), (project) =>
        project.restate({
          nodes: ['transform.daily'],
          range: { start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) },
        }),
      ),
    said: /rows of transform\.daily were restated/u,
  },
  {
    what: 'prod moved, from which the environment was to start',
    options: { select: ['transform.daily'] },
    move: async (folder) => {
      await folder.write({ [DAILY_FILE]: DAILY, [WINDOW_FILE]: WINDOW.replace('count(*)', '7 * count(*)') });
      await folder.run(5);
      await folder.write({ [DAILY_FILE]: FILTERED, [WINDOW_FILE]: WINDOW });
    },
    said: /where transform\.\w+ starts from moved/u,
  },
  {
    what: 'the warehouse is another one',
    move: async (folder) => {
      await rm(join(folder.path, 'target/warehouse.duckdb'));
      await folder.write({ [DAILY_FILE]: DAILY });
      await folder.run(5);
      await folder.write({ [DAILY_FILE]: FILTERED });
    },
    said: /the warehouse is another one/u,
  },
  {
    what: 'the project has another name',
    move: (folder) => folder.write({ 'seeknal_project.yml': 'name: another\nversion: 1.0.0\n' }),
    said: /it is for the project example, and this is another/u,
  },
];

test.each(MOVES)('a plan is refused when $what', async ({ move, said, before, options, change }) => {
  const { folder, text } = await planned(before, options, change);
  await move(folder);
  const refused = await applied(folder, text).then(
    () => null,
    (error: unknown) => error as { code: string; message: string },
  );
  expect(`${refused?.code}: ${refused?.message}`).toMatch(/^PLAN_STALE: The plan for dev is stale: /u);
  expect(refused?.message).toMatch(said);
});

test('a plan of another version of Seeknal is refused', async () => {
  const { folder } = await planned();
  const plan = await folder.using(morning(5), (project) => project.plan({ environment: 'dev' }));
  const older = await import('@seeknal/manifest');
  const { id: _, createdAt, ...body } = { ...plan, asked: { ...plan.asked, seeknal: '0.0.1' } };
  const id = older.sha256(older.canonicalJson(body as never)).slice(0, 16);
  const text = planFileText({ ...body, id, createdAt });
  await expect(applied(folder, text)).rejects.toMatchObject({
    code: 'PLAN_STALE',
    message: expect.stringMatching(/it was made by version 0\.0\.1/u) as unknown,
  });
});

test('a plan that was edited by hand is refused, and so is what is none', async () => {
  const { folder, text } = await planned();
  const edited = text.replace('"environment": "dev"', '"environment": "prod"');
  expect(edited).not.toBe(text);
  expect(() => parsePlanFile(edited)).toThrow(/changed after it was made/u);
  for (const none of ['', '[]', '{}', 'null', '{"version": 2}', text.slice(0, -100)]) {
    expect(() => parsePlanFile(none)).toThrow(/Not a plan/u);
  }
  expect((await applied(folder, text)).status).toBe('success');
});

test('a plan is applied exactly as it was shown, a day later too', async () => {
  const { folder, text } = await planned();
  const shown = parsePlanFile(text);
  const { job, status } = await applied(folder, text, 8);
  expect(status).toBe('success');
  expect(job?.done.map(({ id }) => id).toSorted()).toEqual(shown.tasks.map(({ id }) => id).toSorted());
});

test('a moved file and finished intervals are notes; with force a stale plan is made anew', async () => {
  const { folder, text } = await planned();
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8], [5, 3]) });
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => void events.push(event);
  const report = await folder.using(morning(5), (project) => project.apply(parsePlanFile(text), { onEvent }));
  expect(report.status).toBe('success');
  expect(events.find(({ type }) => type === 'difference')).toEqual({
    type: 'difference',
    moved: [],
    notes: ['the files of source.sales moved since: they are loaded first'],
  });
  await folder.write({ [DAILY_FILE]: FILTERED.replace('> 1', '> 2') });
  const forced = await folder.using(morning(5), (project) =>
    project.apply(parsePlanFile(text), { force: true, onEvent }),
  );
  expect(forced.status).toBe('success');
  expect(events.findLast(({ type }) => type === 'difference')).toMatchObject({
    moved: ['dev was made meanwhile', expect.stringMatching(/^the definition of transform\.daily changed/u)],
  });
});

test('two environments are applied at once: shared tables are filled once, no pointer is lost', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ [DAILY_FILE]: FILTERED });
  for (let i = 0; i < 3; i += 1) {
    const names = [`a${i}`, `b${i}`];
    const projects = await Promise.all(names.map(() => openProject(folder.path, { now: morning(5) })));
    await Promise.all(projects.map((project, at) => project.apply(names[at] as string)));
    await Promise.all(projects.map((project) => project.close()));
    await folder.using(morning(5), async (project) => {
      for (const name of names) await project.apply(name);
      const ledger = (await project.ledger()).filter(({ node }) => node === 'transform.daily');
      expect(new Set(ledger.map(({ snapshot, range }) => `${snapshot} ${range.start}`)).size).toBe(
        ledger.length,
      );
      const shown = await project.environments.listEnvironments();
      expect(shown.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    });
    for (const name of names) {
      expect(await folder.rows(`FROM transform__${name}.total`)).toEqual(['4 22']);
    }
  }
});
