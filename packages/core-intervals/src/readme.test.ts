import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { examplesIn, printedBy, promisedBy } from '@seeknal/testing';

test('the example of the README prints what it says', async () => {
  const [example = ''] = examplesIn(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
  const printed = await printedBy(example, (name) => import(name));
  expect(printed).toEqual(promisedBy(example));
  expect(printed).toHaveLength(3);
});
