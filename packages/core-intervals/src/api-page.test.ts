import { readFileSync } from 'node:fs';
import { format } from 'node:util';

import { expect, test } from '@jest/globals';
import * as intervals from '@seeknal/intervals';

const page = readFileSync(new URL('../../../docs/api/interval-tracking.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, example]) => example!);

test.each(examples.map((example, i) => [i + 1, example] as const))(
  'example %i of the API page prints what it says',
  (_, example) => {
    const [, names] = /import \{(.*?)\} from '@seeknal\/intervals';/s.exec(example)!;
    const printed: string[] = [];
    const log = (...values: unknown[]): void => void printed.push(format(...values).replaceAll(/\s+/g, ' '));
    const body = example.replace(/import .*?;/s, '');
    // eslint-disable-next-line typescript/no-implied-eval
    new Function('console', `{${names!}}`, body)({ log }, intervals);
    // A comment that stands under a call, or ends the example, is what is printed; the rest is talk.
    const promised = [...example.matchAll(/(?:console\.log\(.*\);|^\})\n((?:\/\/ .*\n)+)/gm)].flatMap(
      ([, said]) =>
        said!
          .trimEnd()
          .split('\n')
          .map((line) => line.slice(3)),
    );
    expect(printed).toEqual(promised);
    expect(printed.length).toBeGreaterThan(0);
  },
);

test('every exported name has its place on the API page', () => {
  const index = readFileSync(new URL('./index.ts', import.meta.url), 'utf8');
  const exported = [...index.matchAll(/export (?:type )?\{(.*?)\}/gs)].flatMap(([, names]) =>
    names!.split(',').map((name) => name.trim()),
  );
  const headings = [...page.matchAll(/^### (.*)$/gm)].flatMap(([, heading]) =>
    [...heading!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  expect(headings.toSorted()).toEqual(exported.filter((name) => name !== '').toSorted());
});

test('every code is on the API page', () => {
  const errors = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8');
  const codes = [...errors.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code!);
  for (const code of codes) expect(page).toContain(`\`${code}\``);
});
