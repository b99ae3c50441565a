import { existsSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSqlParser, type SqlParser } from '@seeknal/engine-duckdb';
import { assembleManifest, ManifestDiff, type DraftNode, type Manifest } from '@seeknal/manifest';
import { canonicalSql, lowerDuckDb, type Query, type Schema } from '@seeknal/sql-ast';
import { classifySqlChange, diffTrees, type SqlClassification } from '@seeknal/sql-diff';

const CASES = new URL('../../../../shared/cases/', import.meta.url);
const isThere = existsSync(CASES);
const testWithCases = isThere ? test : test.skip;
const readCases = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, CASES), 'utf8')) as T;

let duckdb: SqlParser;
beforeAll(async () => {
  duckdb = await openSqlParser();
});
afterAll(() => duckdb.close());

const parser = async (sql: string): Promise<Query> =>
  lowerDuckDb(sql, (await duckdb.parse([sql]))[0] as string);

const classify = (old: string, now: string, schema: Schema): Promise<SqlClassification> =>
  classifySqlChange(old, now, { parser, schema });

const print = (title: string, lines: readonly string[]): void =>
  void process.stdout.write(`${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);

interface Pair {
  readonly id: string;
  readonly old: string;
  readonly new: string;
  readonly human: SqlClassification['category'];
}

/** Milder than the label, which is the safe one, and why that is right. */
const MILDER: { readonly [id: string]: string } = {
  cte_rename: 'the name of a CTE reaches nothing outside the query',
  cross_vs_comma: 'a comma between tables is a CROSS JOIN',
};

testWithCases(
  'diff pairs: what is harmless is known to be, and nothing harmful is called harmless',
  async () => {
    const { pairs, schema } = readCases<{ pairs: readonly Pair[]; schema: Schema }>('diff-pairs.json');
    const milder: string[] = [];
    let agreed = 0;
    for (const pair of pairs) {
      const { category } = await classify(pair.old, pair.new, schema);
      if (category === pair.human) agreed += 1;
      else
        milder.push(
          `${pair.id}: labelled ${pair.human}, found ${category}: ${MILDER[pair.id] ?? 'no reason is known'}`,
        );
      if (pair.human !== 'BREAKING') expect(`${pair.id} ${category}`).toBe(`${pair.id} ${pair.human}`);
      else if (category !== 'BREAKING') expect(MILDER).toHaveProperty(pair.id);
    }
    print(`diff-pairs.json: ${agreed} of ${pairs.length} agree`, milder);
  },
);

interface Trap {
  readonly id: string;
  readonly name: string;
  readonly old_sql: string;
  readonly new_sql: string;
  readonly old_columns_same_rows: boolean;
}

/** The tables that the traps are set up with. */
const TRAP_TABLES: Schema = {
  t: { a: 'INTEGER', b: 'INTEGER', x: 'INTEGER', g: 'INTEGER' },
  u: { a: 'INTEGER', b: 'INTEGER', x: 'INTEGER' },
  ts: { a: 'INTEGER', s: 'STRUCT(p INTEGER, q INTEGER)' },
  k: { a: 'INTEGER', b: 'INTEGER' },
};

testWithCases(
  'stale-data traps: no change of rows is called harmless, and what needs no lineage is',
  async () => {
    const { cases } = readCases<{ cases: readonly Trap[] }>('stale-data-traps.json');
    const lines: string[] = [];
    for (const trap of cases) {
      const { category, impact } = await classify(trap.old_sql, trap.new_sql, TRAP_TABLES);
      const isHarmless = category !== 'BREAKING';
      lines.push(
        `${trap.id} ${trap.name}: ${trap.old_columns_same_rows ? 'harmless' : 'harmful'}, found ${category}`,
      );
      // A column that is gone changes no rows; what it breaks are its readers.
      const isDropped = impact.removed.length > 0 && !impact.rows && impact.changed.length === 0;
      if (!trap.old_columns_same_rows) expect(`${trap.id} ${isHarmless}`).toBe(`${trap.id} false`);
      else if (!isDropped) expect(`${trap.id} ${isHarmless}`).toBe(`${trap.id} true`);
    }
    print('stale-data-traps.json', lines);
  },
);

interface SqlMeshCase {
  readonly id: string;
  readonly kind: string;
  readonly note?: string;
  readonly inputs: { readonly [key: string]: unknown };
  readonly expected: unknown;
}

const sqlMeshCases = (kind: RegExp): readonly SqlMeshCase[] =>
  readCases<readonly SqlMeshCase[]>('sqlmesh-cases.json').filter((each) => kind.test(each.kind));

/** How far the rows may differ: undetermined and error count as the worst. */
const SERIOUS = ['EQUAL', 'METADATA', 'NON_BREAKING', 'BREAKING'];

const compared = (theirs: string, ours: string): string => {
  const [a, b] = [SERIOUS.indexOf(theirs), SERIOUS.indexOf(ours)];
  return a === b ? 'agree' : b > a ? 'stricter' : 'more lenient';
};

testWithCases('SQLMesh: changes of one query', async () => {
  const lines: string[] = [];
  for (const { id, inputs, expected, note = '' } of sqlMeshCases(/^categorize\.sql$/u)) {
    const [old, now] = [String(inputs['old_sql']), String(inputs['new_sql'])];
    const isMetadata = Object.keys(inputs).some((key) => key.startsWith('new_') && key !== 'new_sql');
    const { category } = await classify(old, now, {});
    const ours = category === 'EQUAL' && isMetadata ? 'METADATA' : category;
    const theirs = typeof expected === 'string' && expected !== 'ERROR' ? expected : 'BREAKING';
    const verdict = compared(theirs, ours);
    const why =
      verdict === 'more lenient'
        ? ours === 'METADATA'
          ? ': an owner decides no rows'
          : ': the same text is the same query'
        : verdict === 'stricter'
          ? ': a function that DuckDB does not know may give rows'
          : '';
    lines.push(`${id} ${verdict} (${theirs}, ours ${ours})${why}; ${note}`);
    if (verdict === 'more lenient') expect(['EQUAL', 'METADATA']).toContain(ours);
  }
  print('categorize.sql', lines);
});

const place = { file: 'x.yml', line: 1, column: 1 };

interface Example {
  readonly sql: string;
  readonly reads?: readonly string[];
  readonly definition?: DraftNode['definition'];
  readonly owner?: string;
}

function manifest(nodes: { readonly [name: string]: Example }): Manifest {
  const drafts = Object.entries(nodes).map(
    ([name, { sql, reads = [], definition = {}, owner = null }]): DraftNode => {
      const inputs = reads.map((ref, i) => ({
        ref: `transform.${ref}`,
        place: `input_${i}`,
        reads: { kind: 'all' } as const,
      }));
      return {
        id: `transform.${name}`,
        name,
        type: 'transform',
        description: null,
        owner,
        tags: [],
        columns: {},
        config: {},
        file_path: place.file,
        place,
        spec: { kind: 'unsupported', reason: '', inputs },
        definition: { sql: canonicalSql(sql), ...definition },
      };
    },
  );
  return assembleManifest({ project: 'p', toolVersion: '1', generatedAt: '', nodes: drafts });
}

async function rebuilt(
  old: { readonly [name: string]: Example },
  now: { readonly [name: string]: Example },
): Promise<{ readonly [name: string]: string }> {
  const found = new Map<string, SqlClassification>();
  for (const [name, { sql }] of Object.entries(now)) {
    const before = old[name];
    if (before !== undefined && before.sql !== sql) {
      found.set(`transform.${name}`, await classify(canonicalSql(before.sql), canonicalSql(sql), {}));
    }
  }
  const diff = ManifestDiff.compare(manifest(old), manifest(now), ({ node }) => found.get(node) ?? null);
  return Object.fromEntries(
    Object.entries(diff.getNodesToRebuild()).map(([id, category]) => [
      id.replace('transform.', ''),
      category,
    ]),
  );
}

const DIRECT: { readonly [category: string]: string } = {
  BREAKING: 'BREAKING',
  INDIRECT_BREAKING: 'BREAKING',
  NON_BREAKING: 'NON_BREAKING',
  // Their table is kept; ours is built again until lineage says which columns are read.
  INDIRECT_NON_BREAKING: 'METADATA',
  METADATA: 'METADATA',
};

testWithCases('SQLMesh: plans of several models, where both versions of their SQL are given', async () => {
  const lines: string[] = [];
  type Models = { readonly [name: string]: string | { readonly sql: string; readonly kind: string } };
  for (const { id, inputs, expected } of sqlMeshCases(/^categorize\.plan$/u)) {
    const {
      old,
      new: now,
      graph = {},
    } = inputs as { old?: Models; new?: Models; graph?: { [name: string]: readonly string[] } };
    const categories = Object.entries((expected ?? {}) as { [name: string]: { category?: string } }).flatMap(
      ([name, { category }]) => (category === undefined ? [] : [[name, category] as const]),
    );
    if (old === undefined || now === undefined || categories.length === 0) {
      lines.push(
        `${id} not asked: it is about forward-only models, flags or choices that a manifest does not have`,
      );
      continue;
    }
    const example = (models: Models): { [name: string]: Example } =>
      Object.fromEntries(
        Object.entries(models).map(([name, model]) => [
          name,
          typeof model === 'string'
            ? { sql: model, reads: graph[name] ?? [] }
            : { sql: model.sql, reads: graph[name] ?? [], definition: { mode: model.kind } },
        ]),
      );
    const before = example(old);
    const ours = await rebuilt(before, { ...before, ...example(now) });
    for (const [name, category] of categories) {
      const theirs = DIRECT[category] ?? 'BREAKING';
      const verdict = compared(theirs, ours[name] ?? 'METADATA');
      const why = verdict === 'stricter' ? ': it is built again until lineage says that it need not be' : '';
      lines.push(`${id} ${name} ${verdict} (${category}, ours ${ours[name] ?? 'kept'})${why}`);
      expect(`${id} ${name} ${verdict}`).not.toContain('more lenient');
    }
  }
  print('categorize.plan', lines);
});

testWithCases('SQLMesh: two parents changed one after the other', async () => {
  const lines: string[] = [];
  const changes: { readonly [category: string]: Partial<Example> } = {
    BREAKING: { sql: 'select 1 as a where false' },
    NON_BREAKING: { sql: 'select 1 as a, 2 as b' },
    METADATA: { owner: 'o' },
  };
  for (const { id, inputs, expected } of sqlMeshCases(/^categorize\.rebase$/u)) {
    const plain: Example = { sql: 'select 1 as a' };
    const child: Example = { sql: 'select a.a from a, b', reads: ['a', 'b'] };
    const a = { ...plain, ...changes[String(inputs['deployed_to_prod_first(parent A)'])] };
    const b = { ...plain, ...changes[String(inputs['deployed_to_prod_second(parent B)'])] };
    const ours = (await rebuilt({ a, b: plain, child }, { a, b, child }))['child'] ?? 'METADATA';
    const category = (expected as { readonly child_of_A_and_B: string }).child_of_A_and_B;
    const verdict = compared(DIRECT[category] ?? 'BREAKING', ours);
    lines.push(`${id} ${verdict} (${category}, ours ${ours})`);
    expect(`${id} ${verdict}`).not.toContain('more lenient');
  }
  print('categorize.rebase', lines);
});

testWithCases('SQLMesh: columns of external tables', () => {
  const lines: string[] = [];
  for (const { id, inputs, expected } of sqlMeshCases(/^categorize\.external$/u)) {
    const source = (columns: unknown): Manifest =>
      manifest({ x: { sql: '', definition: { columns: columns as never } } });
    const diff = ManifestDiff.compare(source(inputs['old_columns']), source(inputs['new_columns']));
    const ours = diff.changes[0]?.category ?? 'EQUAL';
    const verdict = compared(expected === false ? 'NON_BREAKING' : 'BREAKING', ours);
    lines.push(`${id} ${verdict} (ours ${ours}: ${diff.changes[0]?.types.join() ?? 'no change'})`);
    expect(`${id} ${verdict}`).not.toContain('more lenient');
  }
  print('categorize.external', lines);
  const seeds = sqlMeshCases(/^categorize\.seed$/u).map(({ id }) => id);
  print(
    `categorize.seed: ${seeds.length} not asked: rows of a file are compared when it is loaded, by their digest`,
    [],
  );
});

/** What our fingerprints and categories do about the changes that the cases describe in words. */
const DESCRIBED: readonly (readonly [
  words: RegExp,
  theirs: string,
  ours: () => readonly [string, string],
])[] = [
  [
    /^a parent is added/u,
    'data',
    () => ['data', 'stricter or equal: what is read is part of the fingerprint'],
  ],
  [/^query text changed/u, 'data', () => ['data', 'agree']],
  [/comment added/u, 'data', () => ['metadata', 'more lenient: comments never reach the engine’s rows']],
  [
    /post.?statement/u,
    'data',
    () => ['data', 'agree: every key that is not known is part of the definition'],
  ],
  [
    /jinja macro body|macro.*body changed/u,
    'data',
    () => ['data', 'agree or stricter: the text of every snippet used is part of the definition'],
  ],
  [/audit/u, 'metadata', () => ['metadata', 'agree']],
  [
    /grants/u,
    'metadata',
    () => ['data', 'stricter: a key that is not known counts as part of the definition'],
  ],
];

testWithCases('SQLMesh: what is part of a fingerprint', () => {
  const lines: string[] = [];
  for (const { id, inputs } of sqlMeshCases(/^(?:fingerprint|metadata_only)$/u)) {
    const change = String(inputs['change']);
    const found = DESCRIBED.find(([words]) => words.test(change));
    lines.push(`${id} ${found === undefined ? 'not asked' : found[2]().join(': ')} (${change})`);
  }
  print('fingerprint, metadata_only', lines);
  const one = manifest({ x: { sql: 'select 1 as a' } }).nodes['transform.x']?.fingerprint;
  const print_ = (example: Example): string | undefined =>
    manifest({ y: { sql: '' }, x: example }).nodes['transform.x']?.fingerprint;
  expect(print_({ sql: 'select 1 as a -- note' })).toBe(one);
  expect(print_({ sql: 'select 1 as a', owner: 'o' })).toBe(one);
  expect(print_({ sql: 'select 2 as a' })).not.toBe(one);
  expect(print_({ sql: 'select 1 as a', reads: ['y'] })).not.toBe(one);
  expect(print_({ sql: 'select 1 as a', definition: { post_statement: 'x' } })).not.toBe(one);
});

testWithCases('sqlglot: edit scripts', async () => {
  const kinds: { readonly [word: string]: string } = {
    Remove: 'DELETE',
    Insert: 'INSERT',
    Update: 'UPDATE',
    Move: 'MOVE',
  };
  const lines: string[] = [];
  for (const { id, inputs, expected } of sqlMeshCases(/^edit_script$/u)) {
    const [old, now] = [String(inputs['old']), String(inputs['new'])];
    const edits = diffTrees(await parser(old), await parser(now), { oldText: old, newText: now });
    const theirs = (expected as readonly string[]).map((each) => kinds[each.split(' ')[0] as string]);
    const ours = edits.map(({ kind }) => kind);
    const tally = (list: readonly (string | undefined)[]): string =>
      Object.values(kinds)
        .map((kind) => list.filter((each) => each === kind).length)
        .join();
    const isSame = tally(theirs) === tally(ours);
    const told = edits.map(({ sentence }) => sentence).join(' ');
    lines.push(
      `${id} ${isSame ? 'agree' : 'told otherwise'}: ${(expected as readonly string[]).join(', ') || 'none'} | ${told || 'none'}`,
    );
    expect(`${id} ${edits.length > 0}`).toBe(`${id} ${theirs.length > 0}`);
  }
  print('edit_script', lines);
});

if (!isThere) process.stdout.write('skipped: the conformance cases are not beside the repository\n');
