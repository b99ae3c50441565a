import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { openBench, type Bench } from './testing/bench.ts';
import { ProjectFolder, morning } from './testing/project-folder.ts';
import { chance, queryText } from './testing/query-recipes.ts';
import {
  editedProject,
  fillSources,
  inputsOf,
  projectFiles,
  randomProject,
  type RandomProject,
} from './testing/random-project.ts';

/** A run at scale 1 edits more than 2,000 projects in half an hour; CI takes a share of it. */
const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const PROJECTS = Math.max(5, Math.round(2_050 * SCALE));

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Tables = ReadonlyMap<string, string>;

const told = (names: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  `${names.join()}\n${rows
    .map((row) => JSON.stringify(row.map((value) => (value === null ? null : String(value)))))
    .toSorted()
    .join('\n')}`;

/** Every table as a build from nothing has it. */
async function expected({ nodes }: RandomProject): Promise<Tables> {
  const tables = new Map<string, string>();
  for (const { name } of nodes) {
    const found = await bench.query(`FROM transform.${name}`);
    tables.set(name, told(found?.names ?? [], found?.rows ?? []));
  }
  return tables;
}

/** Runs the project; what was built, and every table as it is now. */
async function applied(
  folder: ProjectFolder,
  { nodes }: RandomProject,
): Promise<{ built: ReadonlySet<string>; tables: Tables; status: string }> {
  return folder.using(morning(1), async (project) => {
    const { job, status } = await project.run();
    const built = (job?.done ?? [])
      .filter(({ action }) => action === 'build')
      .map(({ node }) => node.replace('transform.', ''));
    const tables = new Map<string, string>();
    for (const { name } of nodes) {
      const { columns, rows } = await project.query(`FROM transform.${name}`, { limit: 100_000 });
      tables.set(
        name,
        told(
          columns.map((column) => column.name.toLowerCase()),
          rows,
        ),
      );
    }
    return { built: new Set(built), tables, status };
  });
}

/** The edited nodes and all that read them. */
function below({ nodes }: RandomProject, edited: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(edited);
  for (const { name, query } of nodes) {
    if (inputsOf(queryText(query)).some((ref) => found.has(ref.replace('transform.', '')))) found.add(name);
  }
  return found;
}

test('after any edit every table is as a build from nothing has it', async () => {
  const count = { projects: 0, nodes: 0, built: 0, differ: 0, below: 0 };
  const stale: string[] = [];
  for (let seed = 1; count.projects < PROJECTS; seed += 1) {
    const roll = chance(seed);
    const files = await fillSources(bench, roll);
    const before = await randomProject(bench, roll, 5 + roll(roll(4) === 0 ? 26 : 8));
    const was = await expected(before);
    const edit = await editedProject(bench, roll, before);
    if (edit === null) continue;
    const now = await expected(edit.project);
    const folder = await ProjectFolder.make({ ...files, ...projectFiles(before) });
    try {
      const first = await applied(folder, before);
      if (first.status !== 'success') stale.push(`${seed}: first run ${first.status}`);
      await folder.write(projectFiles(edit.project));
      const second = await applied(folder, edit.project);
      const tables = new Set(
        edit.project.nodes.filter(({ mode }) => mode === 'full').map(({ name }) => name),
      );
      count.projects += 1;
      count.nodes += edit.project.nodes.length;
      count.built += second.built.size;
      count.differ += [...tables].filter((name) => was.get(name) !== now.get(name)).length;
      count.below += [...below(edit.project, edit.edited)].filter((name) => tables.has(name)).length;
      for (const [name, rows] of now) {
        if (second.tables.get(name) !== rows)
          stale.push(
            `${seed}: ${name} after ${[...edit.edited].join()}\n${rows}\nbut\n${second.tables.get(name)}`,
          );
      }
    } finally {
      await folder.remove('.');
    }
  }
  const { projects, nodes, built, differ } = count;
  const gone = 1 - (built - differ) / (count.below - differ);
  process.stdout.write(
    `${projects} projects of ${nodes} nodes, edited: ${stale.length} stale tables. ${differ} tables really differ; ` +
      `${built} were built (× ${(built / differ).toFixed(2)}), everything below would be ${count.below} ` +
      `(× ${(count.below / differ).toFixed(2)}): ${(gone * 100).toFixed(0)} % of the needless ones are gone.\n`,
  );
  expect(stale).toEqual([]);
}, 7_200_000);
