import { afterEach, expect, test } from '@jest/globals';
import { isContinued, type Plan } from '@seeknal/plan';

import { openProject } from './open-project.ts';
import type { Project } from './project.ts';
import type { PlanOptions } from './situation.ts';
import { morning, ProjectFolder } from './testing/project-folder.ts';
import { agreesOn, casesOf, categoryOf, hasCases, print, type Answer } from './testing/sqlmesh-cases.ts';
import { nodeOf, projectOf, unknownKind, type Graph, type Models } from './testing/sqlmesh-models.ts';
import { isModel, storyOf, type Story } from './testing/sqlmesh-stories.ts';

const withCases = hasCases ? test : test.skip;

const folders: ProjectFolder[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove('.');
});

async function made(files: { readonly [path: string]: string }): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make(files);
  folders.push(folder);
  return folder;
}

async function using<T>(folder: ProjectFolder, use: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject(folder.path, { now: morning(4) });
  try {
    return await use(project);
  } finally {
    await project.close();
  }
}

interface Planned {
  readonly plan: Plan;
  /** The plan under each choice of the case. */
  readonly chosen: { readonly [key: string]: Plan };
  readonly before: { readonly [node: string]: string };
  readonly fingerprints: {
    readonly [node: string]: readonly [before: string | undefined, after: string | undefined];
  };
}

/**
 * Applies what a story has applied, plans the rest, applies that too, and holds the rows against a fresh build.
 *
 * @returns Why it was not asked, where the first project does not run here.
 */
async function told(story: Story): Promise<Planned | string> {
  const { graph, applied, planned, environment, isForwardOnly } = story;
  const strange = unknownKind({ ...applied[0]?.models, ...planned });
  if (strange !== null) return `there is no kind ${strange} here`;
  const folder = await made({});
  let before: Project['manifest'] | undefined;
  for (const { models, environment: to, options = {} } of applied) {
    await write(folder, models, graph);
    const { status } = await folder.run(4, { ...options, environment: to }).catch(unreadable);
    if (status !== 'success') return `its models do not run here: ${status}`;
    before ??= await using(folder, (project) => Promise.resolve(project.manifest));
  }
  const start = await using(folder, (project) => project.plan({ environment: 'prod' }));
  await write(folder, planned, graph);
  const options = { environment, ...(isForwardOnly && { forwardOnly: true }) } as PlanOptions;
  const [plan, manifest] = await using(folder, async (project) => [
    await project.plan(options),
    project.manifest,
  ]);
  const chosen: Record<string, Plan> = {};
  for (const [key, category] of Object.entries(story.choices)) {
    const edited = plan.nodes.filter((line) => line.category !== null).map(({ node }) => node);
    const categories = Object.fromEntries(edited.map((node) => [node, category])) as never;
    chosen[key] = await using(folder, (project) => project.plan({ ...options, categories }));
  }
  const report = await using(folder, (project) => project.apply(plan));
  expect(['success', 'nothing_to_do']).toContain(report.status);
  if (!isForwardOnly && applied.length === 1) {
    const fresh = await made({});
    await write(fresh, planned, graph);
    await fresh.run(4);
    const nodes = Object.keys(planned).map(nodeOf);
    expect(await rowsOf(folder, environment, nodes)).toEqual(await rowsOf(fresh, 'prod', nodes));
  }
  return {
    plan,
    chosen,
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
  using(folder, async (project) =>
    Promise.all(
      nodes.map(async (node) => {
        const { columns, rows } = await project.query(`SELECT * FROM ${node} ORDER BY ALL`, { environment });
        return [node, columns.map(({ name }) => name), rows];
      }),
    ),
  );

/** Everything that a case says of one model, beside what was found. */
function answersOf(
  name: string,
  said: { readonly [key: string]: unknown },
  { plan, before, fingerprints }: Planned,
): readonly Answer[] {
  const node = nodeOf(name);
  const line = plan.nodes.find((each) => each.node === node);
  const causes = (line?.causes ?? []).map((cause) =>
    cause.rows
      ? `${cause.node} may have other rows`
      : `${cause.columns.join(', ')} of ${cause.node} may differ`,
  );
  const why = [...new Set([line?.reason ?? 'there is no such node', ...causes])].join('; ');
  const snapshot = line?.snapshot ?? '';
  const answer = (key: string, theirs: unknown, ours: unknown, reason = why): Answer => ({
    what: `${name}.${key}`,
    theirs,
    ours,
    reason: JSON.stringify(theirs) === JSON.stringify(ours) ? null : reason,
  });
  return Object.entries(said).flatMap(([key, value]): readonly Answer[] => {
    switch (key) {
      case 'category': {
        const ours = categoryOf(line);
        return [{ what: name, theirs: value, ours, reason: agreesOn(String(value), ours) ? null : why }];
      }
      case 'forward_only':
        return [answer(key, value, isContinued(snapshot), 'a plan is forward-only, a node is not')];
      case 'version':
        return [answer(key, value, line?.isNew === true ? 'own fingerprint' : 'that of before')];
      case 'version_changed':
        return [answer(key, value, before[node] !== snapshot)];
      case 'fingerprint_changed':
        return [answer(key, value, fingerprints[node]?.[0] !== fingerprints[node]?.[1])];
      case 'missing_intervals':
        return [answer(key, value, line?.missing ?? [])];
      default:
        return [];
    }
  });
}

/** What a case says of the plan as a whole. */
function wholeAnswer(key: string, theirs: unknown, { plan: unasked, chosen }: Planned): Answer {
  const plan = chosen[key] ?? unasked;
  const categories = plan.nodes.map(
    (line) => [line.node.replace('transform.', ''), categoryOf(line)] as const,
  );
  const changed = categories.filter(([, category]) => category !== 'UNCHANGED');
  const named = (is: (category: string) => boolean): readonly string[] =>
    changed.flatMap(([name, category]) => (is(category) ? [name] : []));
  const isBuilt = (category: string): boolean => !['METADATA', 'INDIRECT_NON_BREAKING'].includes(category);
  const found: { readonly [key: string]: unknown } = {
    all_new_snapshots: [...new Set(changed.map(([, category]) => category))].join(),
    directly_modified: named((category) => isBuilt(category) && !category.startsWith('INDIRECT')),
    indirectly_modified: named((category) => isBuilt(category) && category.startsWith('INDIRECT')),
    missing_intervals: plan.nodes.flatMap(({ missing }) => missing),
  };
  const choice = { uncategorized: [], categorized: changed.map(([name]) => name) };
  const isChoice = /^(?:before|after)_choice/u.test(key);
  const ours = isChoice ? choice : key in found ? found[key] : 'not asked';
  const isSame = JSON.stringify(ours) === JSON.stringify(theirs);
  const reason = isChoice ? 'nobody has to be asked: what is unclear is BREAKING' : 'other nodes';
  return { what: key, theirs, ours, reason: isSame ? null : reason };
}

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
        Object.entries(each.expected).flatMap(([key, value]) =>
          isModel(value) && key in story.planned
            ? answersOf(key, value, planned)
            : [wholeAnswer(key, value, planned)],
        ),
      ]);
    }
    print('categorize.plan', answers);
  },
  300_000,
);
