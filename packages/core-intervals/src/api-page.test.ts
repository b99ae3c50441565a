import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { describeApiPage, exportedNames } from '@seeknal/testing';

const page = readFileSync(new URL('../../../docs/api/interval-tracking.md', import.meta.url), 'utf8');

describeApiPage(page, (name) => import(name));

test('every exported name has its place on the API page', () => {
  const index = readFileSync(new URL('./index.ts', import.meta.url), 'utf8');
  const exported = exportedNames(index);
  const headings = [...page.matchAll(/^### (.*)$/gm)].flatMap(([, heading]) =>
    [...heading!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  expect(headings.toSorted()).toEqual(exported.toSorted());
});

test('every code is on the API page', () => {
  const errors = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8');
  const codes = [...errors.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code!);
  for (const code of codes) expect(page).toContain(`\`${code}\``);
});
