import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as api from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^(.+); \/\/ (.+)$/gm)].map(
  ([, call, value]) => [call!, value!] as const,
);

test.each(examples)('%s gives what the README says', (call, value) => {
  const evaluate = (text: string): unknown =>
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is our own README
    new Function(...Object.keys(api), `return ${text};`)(...Object.values(api));
  expect(evaluate(call)).toEqual(evaluate(value));
});
