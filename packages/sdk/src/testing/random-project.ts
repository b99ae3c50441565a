import type { Bench } from './bench.ts';
import { edited, queryText, recipe, type Dice, type Recipe, type Tables } from './query-recipes.ts';

/** A transform over whatever its query names. */
export interface RandomNode {
  readonly name: string;
  readonly mode: 'full' | 'view';
  readonly query: Recipe;
}

export interface RandomProject {
  readonly sources: Tables;
  readonly nodes: readonly RandomNode[];
}

const SOURCES: Tables = {
  'source.s': ['id', 'a', 'b', 'c'],
  'source.u': ['id', 'a', 'd'],
  'source.v': ['k', 'b', 'd'],
};

/** Every column of a table has a name of its own. */
function named(query: Recipe): Recipe {
  const taken = new Set<string>();
  const items = query.items.map((item, index) => {
    const own =
      item.alias ??
      (/^[\w.]+$/u.test(item.sql) && !/^\d/u.test(item.sql)
        ? (item.sql.split('.').at(-1) as string)
        : `e${index}`);
    let alias = own;
    for (let n = 1; taken.has(alias); n += 1) alias = `${own}${n}`;
    taken.add(alias);
    return { ...item, alias };
  });
  return {
    ...query,
    items,
    order: query.limit === null ? [] : items.map((_, index) => `${index + 1}`),
    union: query.union === null ? null : { ...query.union, with: query.union.with },
  };
}

const columnsOf = (query: Recipe): string[] => query.items.map(({ alias }) => alias as string);

/** A few of the tables there are, the newest more often. */
function some(roll: Dice['roll'], tables: Tables): Tables {
  const names = Object.keys(tables);
  const chosen = new Set<string>();
  for (let n = 1 + roll(3); n > 0; n -= 1)
    chosen.add(names[Math.max(roll(names.length), roll(names.length))] as string);
  return Object.fromEntries([...chosen].map((name) => [name, tables[name] as readonly string[]]));
}

/** Makes the node on the bench. False: it is no query there. */
export async function build(bench: Bench, { name, query }: RandomNode): Promise<boolean> {
  try {
    await bench.run(`CREATE OR REPLACE TABLE transform.${name} AS ${queryText(query)}`);
    return true;
  } catch {
    return false;
  }
}

/** Rows of the sources, as CSV, and the same rows on the bench. */
export async function fillSources(
  bench: Bench,
  roll: Dice['roll'],
): Promise<{ readonly [file: string]: string }> {
  const files: Record<string, string> = {};
  await bench.run('CREATE SCHEMA IF NOT EXISTS source; CREATE SCHEMA IF NOT EXISTS transform');
  for (const [table, columns] of Object.entries(SOURCES)) {
    const rows = Array.from({ length: 3 + roll(6) }, () =>
      columns.map(() => (roll(6) === 0 ? null : roll(4))),
    );
    const values = rows.map((row) => `(${row.map((value) => `${value ?? 'NULL'}::INTEGER`).join(', ')})`);
    await bench.run(
      `CREATE OR REPLACE TABLE ${table} AS FROM (VALUES ${values.join(', ')}) v(${columns.join(', ')})`,
    );
    const file = `data/${table.split('.')[1]}.csv`;
    files[file] =
      `${columns.join(',')}\n${rows.map((row) => `${row.map((value) => value ?? '').join(',')}\n`).join('')}`;
  }
  return files;
}

/** A project whose every query runs on the bench, where it is built on the way. */
export async function randomProject(bench: Bench, roll: Dice['roll'], size: number): Promise<RandomProject> {
  const tables: Record<string, readonly string[]> = { ...SOURCES };
  const nodes: RandomNode[] = [];
  while (nodes.length < size) {
    const name = `n${nodes.length + 1}`;
    const query = named(recipe({ roll, tables: some(roll, tables) }, 1));
    const node: RandomNode = { name, mode: roll(6) === 0 ? 'view' : 'full', query };
    if (!(await build(bench, node))) continue;
    nodes.push(node);
    tables[`transform.${name}`] = columnsOf(query);
  }
  return { sources: SOURCES, nodes };
}

/** The project with one to three nodes edited; null where no edit was found that leaves it whole. */
export async function editedProject(
  bench: Bench,
  roll: Dice['roll'],
  project: RandomProject,
): Promise<{ readonly project: RandomProject; readonly edited: ReadonlySet<string> } | null> {
  const tables: Record<string, readonly string[]> = { ...SOURCES };
  for (const { name, query } of project.nodes) tables[`transform.${name}`] = columnsOf(query);
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const chosen = new Set(Array.from({ length: 1 + roll(3) }, () => roll(project.nodes.length)));
    const nodes = project.nodes.map((node, index) => {
      if (!chosen.has(index)) return node;
      const above = Object.fromEntries(
        Object.entries(tables).filter(
          ([table]) => table.startsWith('source.') || Number(table.slice(11)) <= index,
        ),
      );
      return { ...node, query: named(edited({ roll, tables: some(roll, above) }, node.query)) };
    });
    let isWhole = true;
    for (const node of nodes) isWhole &&= await build(bench, node);
    if (isWhole)
      return {
        project: { ...project, nodes },
        edited: new Set([...chosen].map((index) => (nodes[index] as RandomNode).name)),
      };
  }
  for (const node of project.nodes) await build(bench, node);
  return null;
}

/** The files of a project. */
export function projectFiles({ sources, nodes }: RandomProject): { readonly [file: string]: string } {
  const files: Record<string, string> = {};
  for (const [table, columns] of Object.entries(sources)) {
    const name = table.split('.')[1] as string;
    const types = columns.map((column) => `${column}: integer`).join(', ');
    files[`seeknal/${name}.yml`] =
      `kind: source\nname: ${name}\nsource: csv\ntable: data/${name}.csv\ncolumns: {${types}}\n`;
  }
  for (const { name, mode, query } of nodes) {
    const text = queryText(query);
    const inputs = inputsOf(text).map((ref) => `{ref: ${ref}}`);
    const materialization = mode === 'view' ? 'materialization: {mode: view}\n' : '';
    files[`seeknal/${name}.yml`] =
      `kind: transform\nname: ${name}\n${materialization}inputs: [${inputs.join(', ')}]\ntransform: |\n  ${text}\n`;
  }
  return files;
}

/** What a query names, each once. */
export const inputsOf = (text: string): readonly string[] => [
  ...new Set(text.match(/\b(?:source|transform)\.\w+/gu) ?? []),
];
