import { readFileSync } from 'node:fs';
import { format, inspect } from 'node:util';

import { expect, test } from '@jest/globals';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api/lineage.md');
const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, example = '']) => example);
const IMPORT = /^import \{(.*?)\} from '(.*?)';$/gmsu;
const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

test.each(examples.map((example, i) => [i + 1, example] as const))(
  'example %i of the API page prints what it says',
  async (_, example) => {
    const names: Record<string, unknown> = {};
    for (const [, imported = '', from = ''] of example.matchAll(IMPORT)) {
      const all = (await import(from)) as { readonly [name: string]: unknown };
      for (const name of imported.split(',').map((each) => each.trim())) names[name] = all[name];
    }
    const printed: string[] = [];
    const plain = (value: unknown): unknown =>
      typeof value === 'object' ? inspect(value, { depth: 5, breakLength: Infinity, compact: 99 }) : value;
    const log = (...values: unknown[]): void => void printed.push(format(...values.map(plain)));
    const run = new AsyncFunction('console', ...Object.keys(names), example.replaceAll(IMPORT, ''));
    await run({ log }, ...Object.values(names));
    // A comment that stands under a call, or ends the example, is what is printed.
    const promised = [...example.matchAll(/(?:console\.log\(.*\);|^\})\n((?:\/\/ .*\n)+)/gm)].flatMap(
      ([, said = '']) =>
        said
          .trimEnd()
          .split('\n')
          .map((line) => line.slice(3)),
    );
    expect(printed).toEqual(promised);
    expect(printed.length).toBeGreaterThan(0);
  },
);

test('every exported name has its place on the API page', () => {
  const exported = [
    ...read('packages/lineage/src/index.ts').matchAll(/export (?:type )?\{(.*?)\}/gs),
  ].flatMap(([, names = '']) => names.split(',').map((name) => name.replace('type ', '').trim()));
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([heading]) => heading).join('\n');
  expect(exported.filter((name) => !headings.includes(`\`${name}\``))).toEqual([]);
});
