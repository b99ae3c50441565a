import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { byDay, csv, ProjectFolder, SOURCE } from './testing/project-folder.ts';

/** A run of this suite at scale 1 takes some minutes; CI takes a share of it. */
const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const NODES = 5;

type Kind =
  | 'interval'
  | 'back'
  | 'all'
  | 'unfiltered'
  | 'keyed'
  | 'full'
  | 'view'
  | 'past'
  | 'upsert'
  | 'append';

const KINDS: readonly Kind[] = [
  'interval',
  'back',
  'all',
  'unfiltered',
  'keyed',
  'full',
  'view',
  'past',
  'upsert',
  'append',
];

/**
 * One transform over the one before it, or over the file; `n` varies its query. A column that nobody reads may
 * come with it (`extra`), and the same query may be written otherwise (`style`).
 */
interface Shape {
  readonly kind: Kind;
  readonly input: number;
  readonly n: number;
  readonly extra: number;
  readonly style: number;
  /** How often it was renamed, and whether its author says so. */
  readonly renamed: number;
  readonly isDeclared: boolean;
}

/** Names of a node, which come again after the last. */
const NAMES = 3;

const nameOf = (renamed: number, at: number): string =>
  renamed % NAMES === 0 ? `t${at + 1}` : `t${at + 1}_${renamed % NAMES}`;

/** The names that it had before, newest first. */
function formerNames({ renamed, isDeclared }: Shape, at: number): string {
  const names = Array.from({ length: NAMES - 1 }, (_, back) => nameOf(renamed + NAMES - back - 1, at));
  return isDeclared ? `renamed_from: [${names.join(', ')}]\n` : '';
}

const shapes: fc.Arbitrary<readonly Shape[]> = fc.tuple(
  ...Array.from({ length: NODES }, (_, i) =>
    fc.record({
      kind: fc.constantFrom(...KINDS),
      input: fc.integer({ min: 0, max: i }),
      n: fc.nat({ max: 2 }),
      extra: fc.nat({ max: 2 }),
      style: fc.nat({ max: 1 }),
      renamed: fc.constant(0),
      isDeclared: fc.constant(false),
    }),
  ),
);

/** Every node has the columns day and amount, so that any can read any. */
function node(shape: Shape, at: number, all: readonly Shape[]): string {
  const text = `${plainNode(shape, at, all)}${formerNames(shape, at)}`;
  const { extra, style } = shape;
  const more = extra === 0 ? '' : `, ${extra} * 2 AS extra`;
  return text.replace(/SELECT (.*?) FROM/u, (_, items: string) => {
    const written = style === 0 ? items : items.replace(/, (.*) AS amount/u, ', ($1) AS "amount"');
    return `SELECT ${written}${more} FROM`;
  });
}

function plainNode(shape: Shape, at: number, all: readonly Shape[]): string {
  const above = shape.input - 1;
  const input = above < 0 ? 'source.sales' : `transform.${nameOf(all[above]?.renamed ?? 0, above)}`;
  const name = nameOf(shape.renamed, at);
  // Kept days over a changed whole are what the author chooses with `keep`; here nothing may be left behind.
  const rebuild = 'on_change: rebuild';
  const within = "day >= '{{ start }}' AND day < '{{ end }}'";
  switch (shape.kind) {
    case 'interval':
      return byDay(
        name,
        `{ref: ${input}}`,
        `SELECT day, sum(amount) + ${shape.n} AS amount FROM ${input} WHERE ${within} GROUP BY day`,
        rebuild,
      );
    case 'back':
      return byDay(
        name,
        `{ref: ${input}, reads: {back: ${shape.n + 1}}}`,
        `SELECT DATE '{{ start }}' AS day, sum(amount) AS amount FROM ${input}`,
        rebuild,
      );
    case 'all':
      return byDay(
        name,
        `{ref: ${input}, reads: all}`,
        `SELECT DATE '{{ start }}' AS day, max(amount) + ${shape.n} AS amount FROM ref('${input}')`,
        rebuild,
      );
    case 'unfiltered':
      return byDay(
        name,
        `{ref: ${input}}`,
        `SELECT day, amount + ${shape.n} AS amount FROM input_0 WHERE day::VARCHAR = '{{ start }}'`,
        rebuild,
      );
    case 'keyed':
      return byDay(
        name,
        `{ref: ${input}}`,
        `SELECT DATE '{{ start }}' AS day, count(*) AS amount FROM ${input} WHERE ${within}`,
        rebuild,
      ).replace('time_column: day\n', '');
    case 'past':
      return byDay(
        name,
        `{ref: ${input}, reads: {back: 1}}`,
        `SELECT DATE '{{ start }}' AS day, sum(amount) AS amount FROM ${input}`,
        `depends_on_past: true\n${rebuild}`,
      );
    case 'upsert':
      // Keys that come again on other days: odd days, even days and, over a whole, days without a key.
      return byDay(
        name,
        `{ref: ${input}}`,
        `SELECT day, amount, nullif(dayofmonth(day) % 3, ${shape.n}) AS k FROM ${input} WHERE ${within}`,
        `mode: upsert_by_key\nunique_keys: [k]\norder_by: [day, amount]\n${rebuild}`,
      ).replace('time_column: day\n', '');
    case 'append':
      return byDay(
        name,
        `{ref: ${input}, reads: all}`,
        `SELECT day, amount + ${shape.n} AS amount FROM input_0`,
        `mode: append\n${rebuild}`,
      ).replace('time_column: day\n', '');
    case 'full':
      return `kind: transform\nname: ${name}\ninputs: [{ref: ${input}}]\ntransform: SELECT day, sum(amount) + ${shape.n} AS amount FROM input_0 GROUP BY day\n`;
    case 'view':
      return `kind: transform\nname: ${name}\nmaterialization: {mode: view}\ninputs: [{ref: ${input}}]\ntransform: SELECT day, amount FROM input_0 WHERE amount > ${shape.n}\n`;
  }
}

type Step =
  | { readonly do: 'rows'; readonly rows: readonly (readonly [number, number])[] }
  | { readonly do: 'clock'; readonly by: number }
  | { readonly do: 'edit'; readonly at: number; readonly n: number }
  | { readonly do: 'extra'; readonly at: number; readonly extra: number }
  | { readonly do: 'style'; readonly at: number; readonly style: number }
  | { readonly do: 'rename'; readonly at: number; readonly isDeclared: boolean }
  | { readonly do: 'dev' }
  | { readonly do: 'select'; readonly at: number }
  | { readonly do: 'full'; readonly at: number }
  | { readonly do: 'forget' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('rows' as const),
    rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 8,
    }),
  }),
  fc.record({ do: fc.constant('clock' as const), by: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constant('edit' as const), at: fc.nat({ max: NODES - 1 }), n: fc.nat({ max: 2 }) }),
  fc.record({ do: fc.constant('extra' as const), at: fc.nat({ max: NODES - 1 }), extra: fc.nat({ max: 2 }) }),
  fc.record({ do: fc.constant('style' as const), at: fc.nat({ max: NODES - 1 }), style: fc.nat({ max: 1 }) }),
  fc.record({
    do: fc.constant('rename' as const),
    at: fc.nat({ max: NODES - 1 }),
    isDeclared: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  }),
  fc.record({ do: fc.constant('dev' as const) }),
  fc.record({ do: fc.constant('select' as const), at: fc.nat({ max: NODES - 1 }) }),
  fc.record({ do: fc.constant('full' as const), at: fc.nat({ max: NODES - 1 }) }),
  fc.record({ do: fc.constant('forget' as const) }),
);

const filesOf = (
  shape: readonly Shape[],
  rows: readonly (readonly [number, number])[],
): { [path: string]: string } => ({
  'data/sales.csv': csv(...rows),
  'seeknal/sources/sales.yml': SOURCE,
  ...Object.fromEntries(shape.map((each, i) => [`seeknal/transforms/t${i + 1}.yml`, node(each, i, shape)])),
});

const rowsMoved = (each: Step): boolean => each.do === 'rows' && each.rows.length % 3 === 0;

async function tables(
  folder: ProjectFolder,
  shape: readonly Shape[],
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (const [at, { renamed }] of shape.entries()) {
    found.push(
      await folder.rows(`SELECT day::DATE, amount FROM transform.${nameOf(renamed, at)} ORDER BY ALL`),
    );
  }
  return found;
}

// The promise of the whole: whatever happened before, after a run every table holds what a project that is
// built from nothing, one task after the other, holds.
test('no table is ever stale: after edits, renames, corrections, selections and lost states, all equal a build from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.array(step, { minLength: 1, maxLength: 6 }), async (start, steps) => {
      let shape = start;
      let day = 3;
      let rows: readonly (readonly [number, number])[] = [
        [1, 1],
        [1, 2],
        [2, 2],
        [4, 1],
      ];
      const folder = await ProjectFolder.make(filesOf(shape, rows));
      try {
        await folder.run(day);
        for (const each of steps) {
          let select: string[] | undefined;
          let full = false;
          if (each.do === 'rows') rows = each.rows;
          if (each.do === 'clock') day += each.by;
          if (each.do === 'edit')
            shape = shape.map((old, i) => (i === each.at ? { ...old, n: each.n } : old));
          if (each.do === 'extra')
            shape = shape.map((old, i) => (i === each.at ? { ...old, extra: each.extra } : old));
          if (each.do === 'style')
            shape = shape.map((old, i) => (i === each.at ? { ...old, style: each.style } : old));
          if (each.do === 'rename') {
            const { at, isDeclared } = each;
            shape = shape.map((old, i) =>
              i === at ? { ...old, renamed: old.renamed + 1, isDeclared } : old,
            );
          }
          const named = (at: number): string => `transform.${nameOf(shape[at]?.renamed ?? 0, at)}`;
          if (each.do === 'select') select = [named(each.at)];
          if (each.do === 'full') full = true;
          if (each.do === 'forget') await folder.remove('target/state.json', 'target/state.json.1');
          await folder.write(filesOf(shape, rows));
          // Another environment over the same files may build first; prod takes what it made.
          if (each.do === 'dev' || rowsMoved(each)) await folder.run(day, { environment: 'dev' });
          if (select !== undefined) await folder.run(day, { nodes: select });
          if (full) await folder.run(day, { select: [named(each.do === 'full' ? each.at : 0)], full });
          // Every reuse is tried on the rows, too, and none of them is blamed.
          const report = await folder.run(day, { verify: true });
          expect(report.plan.nodes.filter(({ verified }) => verified?.same === false)).toEqual([]);
          expect(['success', 'nothing_to_do']).toContain(report.status);
          expect((await folder.run(day)).status).toBe('nothing_to_do');
        }
        const fresh = await ProjectFolder.make(filesOf(shape, rows));
        try {
          await fresh.run(day, { maxWorkers: 1 });
          expect(await tables(folder, shape)).toEqual(await tables(fresh, shape));
        } finally {
          await fresh.remove('.');
        }
      } finally {
        await folder.remove('.');
      }
    }),
    {
      numRuns: Math.max(3, Math.round(60 * SCALE)),
      ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }),
    },
  );
}, 3_600_000);
