import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** What of a schema of zod this walk looks at. */
interface Schema {
  readonly def: {
    readonly shape?: { readonly [key: string]: Schema };
    readonly options?: readonly Schema[];
    readonly innerType?: Schema;
    readonly valueType?: Schema;
    readonly element?: Schema;
  };
}

/** Every key that a schema names, by path; lists and free mappings are seen through: `audits.type`. */
function keysOf({ def }: Schema, prefix = ''): readonly string[] {
  const inner = [def.innerType, def.valueType, def.element, ...(def.options ?? [])];
  const own = Object.entries(def.shape ?? {}).flatMap(([key, value]) => [
    prefix + key,
    ...keysOf(value, `${prefix}${key}.`),
  ]);
  return [...own, ...inner.flatMap((each) => (typeof each?.def === 'object' ? keysOf(each, prefix) : []))];
}

/** The keys in the tables of a section of the page, by the section's heading. */
async function sections(): Promise<ReadonlyMap<string, readonly string[]>> {
  const page = await read('docs/reference/configuration.md');
  const parts = page.split(/^#+ /mu).slice(1);
  return new Map(
    parts.map((part) => [
      part.slice(0, part.indexOf('\n')),
      [...part.matchAll(/^\| `([^`]+)` \|/gmu)].map(([, key = '']) => key),
    ]),
  );
}

const sorted = (keys: Iterable<string>): readonly string[] => [...new Set(keys)].toSorted();

test.each([
  ['source', 'Source'],
  ['transform', 'Transform'],
  ['aggregation', 'Aggregation'],
  ['feature_group', 'Feature group'],
  ['rule', 'Rule'],
  ['exposure', 'Exposure'],
])('the page has exactly the keys of a %s', async (kind, heading) => {
  // By its address: the schemas are nobody's business but the project's and this page's.
  const schemas = (await import(new URL('packages/project/src/node-schemas.ts', ROOT).href)) as {
    nodeSchema: (kind: string) => Schema;
  };
  const known = sorted(keysOf(schemas.nodeSchema(kind)));
  const of = await sections();
  const shared = ['Nodes', 'Inputs', 'Audits'].flatMap((name) => of.get(name) ?? []);
  const own = of.get(heading) ?? [];
  const isShared = new Set(shared);
  expect(sorted(own)).toEqual(known.filter((key) => !isShared.has(key)));
  expect(own).toHaveLength(new Set(own).size);
});

test('the page has exactly the keys of a test', async () => {
  const { unitTestSchema } = (await import(new URL('packages/project/src/unit-test-file.ts', ROOT).href)) as {
    unitTestSchema: Schema;
  };
  expect(sorted((await sections()).get('tests/*.yml') ?? [])).toEqual(sorted(keysOf(unitTestSchema)));
});

test.each([
  ['seeknal_project.yml', 'packages/project/src/settings.ts'],
  ['profiles.yml', 'packages/project/src/profiles.ts'],
])('the page has exactly the keys of %s', async (heading, source) => {
  const [, schema = ''] =
    /^const schema = z\.strictObject\(\{\n(.*?)^\}\);/msu.exec(await read(source)) ?? [];
  const known = [...schema.matchAll(/'?([\w-]+)'?:\s+(?:z\b|text\b)/gu)].map(([, key = '']) => key);
  const shown = (await sections()).get(heading) ?? [];
  expect(known.length).toBeGreaterThan(2);
  expect(sorted(shown.map((key) => key.replace(/^.*\./u, '')))).toEqual(sorted(known));
});

test('every shared key belongs to a kind', async () => {
  const schemas = (await import(new URL('packages/project/src/node-schemas.ts', ROOT).href)) as {
    nodeSchema: (kind: string) => Schema;
  };
  const known = new Set(
    ['source', 'transform', 'aggregation', 'feature_group', 'rule', 'exposure'].flatMap((kind) =>
      keysOf(schemas.nodeSchema(kind)),
    ),
  );
  const of = await sections();
  const shared = ['Nodes', 'Inputs', 'Audits'].flatMap((name) => of.get(name) ?? []);
  expect(shared.filter((key) => !known.has(key))).toEqual([]);
  expect(shared.length).toBeGreaterThan(15);
});
