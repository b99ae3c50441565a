import { readFileSync } from 'node:fs';
import { format } from 'node:util';

import { expect, test } from '@jest/globals';
import * as intervals from '@seeknal/intervals';

test('the example of the README prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example] = /```ts\n(.*?)```/s.exec(readme)!;
  const [, names] = /import \{(.*?)\} from '@seeknal\/intervals';/s.exec(example!)!;
  const body = example!.replace(/import .*?;/s, '');
  const promised = [...body.matchAll(/console\.log.*\n\/\/ (.*)/g)].map(([, said]) => said);

  const printed: string[] = [];
  const log = (...values: unknown[]): void => void printed.push(format(...values).replace(/\s+/g, ' '));
  // eslint-disable-next-line typescript/no-implied-eval
  new Function('console', `{${names!}}`, body)({ log }, intervals);
  expect(printed).toEqual(promised);
  expect(printed).toHaveLength(3);
});
