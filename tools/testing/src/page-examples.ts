import { format, inspect } from 'node:util';

const IMPORT = /^import \{(.*?)\} from '(.*?)';$/gmsu;
const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** How the test reaches a package by its name: `(name) => import(name)`, which looks from where it is written. */
export type Load = (name: string) => Promise<unknown>;

/** The blocks of TypeScript of a page in Markdown, in order. */
export const examplesIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```ts\n(.*?)^```/gmsu)].map(([, example = '']) => example);

/** What an example says that it prints, line by line: the comments under a call of `console.log`, or under a `}`. */
export const promisedBy = (example: string): readonly string[] =>
  [...example.matchAll(/(?:console\.log\(.*\);|^\})\n((?: *\/\/ .*\n)+)/gmu)].flatMap(([, said = '']) =>
    said
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^ *\/\/ /u, '')),
  );

/** Runs an example and gives what it printed, a line a call, blanks joined; values are shown five levels deep. */
export async function printedBy(example: string, load: Load): Promise<readonly string[]> {
  const names: Record<string, unknown> = {};
  for (const [, imported = '', from = ''] of example.matchAll(IMPORT)) {
    const all = (await load(from)) as { readonly [name: string]: unknown };
    for (const name of namesIn(imported)) names[name] = all[name];
  }
  const printed: string[] = [];
  const log = (...values: unknown[]): void =>
    void printed.push(format(...values.map(shown)).replaceAll(/\s+/gu, ' '));
  const run = new AsyncFunction('console', ...Object.keys(names), example.replaceAll(IMPORT, ''));
  await run({ log }, ...Object.values(names));
  return printed;
}

/** The names of a list with commas between them. */
export const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const shown = (value: unknown): unknown =>
  typeof value === 'object' ? inspect(value, { depth: 5, breakLength: Infinity, compact: 99 }) : value;
