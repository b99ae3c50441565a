import { afterEach, expect } from '@jest/globals';
import type { Plan } from '@seeknal/plan';

import type { Project } from './project.ts';
import type { PlanOptions } from './situation.ts';
import { morning, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';
import { answersOf, refusalAnswer, wholeAnswers, type Planned } from './testing/sqlmesh-answers.ts';
import { casesOf, print, type Answer } from './testing/sqlmesh-cases.ts';
import { nodeOf, projectOf, unknownKind, type Graph, type Models } from './testing/sqlmesh-models.ts';
import { withCases } from './testing/sqlmesh-project.ts';
import { isModel, storyOf, type Story } from './testing/sqlmesh-stories.ts';

afterEach(removeProjectFolders);

/**
 * Applies what a story has applied, plans the rest, applies that too, and holds the rows against a fresh build.
 *
 * @returns Why it was not asked, where the first project does not run here.
 */
async function told(story: Story): Promise<Planned | string> {
  const { graph, applied, planned, environment, isForwardOnly } = story;
  const strange = unknownKind({ ...applied[0]?.models, ...planned });
  if (strange !== null) return `there is no kind ${strange} here`;
  const folder = await ProjectFolder.make({});
  let before: Project['manifest'] | undefined;
  for (const { models, environment: to, options = {} } of applied) {
    await write(folder, models, graph);
    const { status } = await folder.run(4, { ...options, environment: to }).catch(unreadable);
    if (status !== 'success') return `its models do not run here: ${status}`;
    before ??= await folder.using(morning(4), (project) => Promise.resolve(project.manifest));
  }
  const start = await folder.using(morning(4), (project) => project.plan({ environment: 'prod' }));
  await write(folder, planned, graph);
  const options = { environment, ...(isForwardOnly && { forwardOnly: true }) } as PlanOptions;
  const [plan, manifest] = await folder.using(morning(4), async (project) => [
    await project.plan(options),
    project.manifest,
  ]);
  const chosen: Record<string, Plan> = {};
  for (const [key, category] of Object.entries(story.choices)) {
    const edited = plan.nodes.filter((line) => line.category !== null).map(({ node }) => node);
    const categories = Object.fromEntries(edited.map((node) => [node, category])) as never;
    chosen[key] = await folder.using(morning(4), (project) => project.plan({ ...options, categories }));
  }
  const report = await folder.using(morning(4), (project) => project.apply(plan));
  const fresh = await ProjectFolder.make({});
  await write(fresh, planned, graph);
  // A query that lost a column it reads runs nowhere.
  const isSound = (await fresh.run(4).catch(unreadable)).status === 'success';
  if (isSound) expect(['success', 'nothing_to_do']).toContain(report.status);
  if (isSound && !isForwardOnly && applied.length === 1) {
    const nodes = Object.keys(planned).map(nodeOf);
    expect(await rowsOf(folder, environment, nodes)).toEqual(await rowsOf(fresh, 'prod', nodes));
  }
  return {
    plan,
    chosen,
    isForwardOnly,
    before: start.pointers,
    fingerprints: Object.fromEntries(
      Object.keys(manifest.nodes).map((id) => [
        id,
        [before?.nodes[id]?.fingerprint, manifest.nodes[id]?.fingerprint],
      ]),
    ),
  };
}

/** A query in words that only their dialect has is no project of ours. */
const unreadable = ({ code, message }: { readonly code?: unknown; readonly message?: unknown }) => {
  if (typeof code !== 'string') throw new Error(String(message));
  return { status: `${code} ${String(message)}` };
};

async function write(folder: ProjectFolder, models: Models, graph: Graph): Promise<void> {
  await folder.remove('seeknal/transforms');
  await folder.write(projectOf(models, graph));
}

const rowsOf = (folder: ProjectFolder, environment: string, nodes: readonly string[]): Promise<unknown> =>
  folder.using(morning(4), async (project) =>
    Promise.all(
      nodes.map(async (node) => {
        const { columns, rows } = await project.query(`SELECT * FROM ${node} ORDER BY ALL`, { environment });
        return [node, columns.map(({ name }) => name), rows];
      }),
    ),
  );

withCases(
  'plans, built from what the cases describe and held against a fresh build',
  async () => {
    const answers: [string, readonly Answer[]][] = [];
    for (const each of casesOf('categorize.plan')) {
      const story = storyOf(each);
      const planned = story === null ? 'it says too little to build it' : await told(story);
      if (story === null || typeof planned === 'string') {
        answers.push([each.id, []]);
        process.stdout.write(`${each.id} not asked: ${String(planned)}\n`);
        continue;
      }
      answers.push([
        each.id,
        typeof each.expected === 'string'
          ? [refusalAnswer(each.expected)]
          : Object.entries(each.expected).flatMap(([key, value]) =>
              isModel(value) && key in story.planned
                ? answersOf(key, value, planned)
                : wholeAnswers(key, value, planned),
            ),
      ]);
    }
    print('categorize.plan', answers);
  },
  300_000,
);
