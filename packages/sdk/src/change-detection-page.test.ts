import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { describeApiPage, unnamedOn } from '@seeknal/testing';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api/change-detection.md');

describeApiPage(page, (name) => import(name));

test('every exported name of sql-diff has its place on the API page', () => {
  expect(unnamedOn(page, read('packages/sql-diff/src/index.ts'))).toEqual([]);
});
