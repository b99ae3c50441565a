import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { environmentFrom, environmentOf, environmentRows } from './environment-rows.ts';

type Environment = Parameters<typeof environmentRows>[1] & object;

/** `prod('a1 b2', 'a1')`: a points at 1 and b at 2; before the newest switch there was only a. */
function prod(pointers: string, previous: string | null = null): Environment {
  return {
    name: 'prod',
    epoch: 1,
    pointers: pointing(pointers),
    previous: previous === null ? null : pointing(previous),
    createdAt: 0,
    switchedAt: 0,
    expiresAt: null,
  };
}

const pointing = (text: string): Environment['pointers'] =>
  Object.fromEntries(
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => [word[0], { snapshot: word, fingerprint: word, metadata: {} }]),
  );

/** The nodes whose rows are written. */
const written = (before: Environment | undefined, after: Environment | undefined): string =>
  environmentRows(before, after)
    .filter(({ field }) => environmentOf(field) === 'prod')
    .map(({ key }) => key)
    .toSorted()
    .join(' ');

test.each([
  ['a new one', undefined, prod('a1 b2 c3'), 'a b c'],
  ['its first change', prod('a1 b2 c3'), prod('a1 b2 c4', 'a1 b2 c3'), 'c'],
  ['the next change, elsewhere', prod('a1 b2 c4', 'a1 b2 c3'), prod('a5 b2 c4', 'a1 b2 c4'), 'a c'],
  ['nothing moved', prod('a1', 'a0'), { ...prod('a1', 'a0'), expiresAt: 5 }, ''],
  ['a node more, a node less', prod('a1 b2'), prod('a1 c3', 'a1 b2'), 'b c'],
  ['the way back given up', prod('a1 b2', 'a1 b0'), prod('a1 b2'), 'b'],
  ['it is removed', prod('a1 b2', 'b0'), undefined, 'a b'],
])('%s: the rows of the nodes concerned are written', (_, before, after, rows) => {
  expect(written(before, after)).toBe(rows);
});

test('whatever happens, the rows say what the environment is, to those who saw it before and those who did not', () => {
  const places = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
    .chain((nodes) => fc.tuple(...nodes.map((node) => fc.nat(2).map((to) => `${node}${to}`))))
    .map((words) => words.join(' '));
  const environment = fc.option(
    fc.tuple(places, fc.option(places)).map(([now, before]) => prod(now, before)),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.array(environment, { maxLength: 6 }), (history) => {
      const table = new Map<string, unknown>();
      let own: unknown;
      let before: Environment | undefined;
      for (const after of history) {
        const changes = environmentRows(before, after);
        const changed = new Map<string, unknown>();
        for (const { field, key, value } of JSON.parse(JSON.stringify(changes)) as typeof changes) {
          if (field === 'environments') own = value;
          else {
            table.set(key, value);
            changed.set(key, value);
          }
        }
        expect(environmentFrom(before, own, changed)).toEqual(after);
        const kept = new Map([...table].filter(([, value]) => value !== undefined));
        expect(environmentFrom(undefined, own, kept)).toEqual(after);
        before = after;
      }
    }),
  );
});

test('one that stands in one row, as schema 1 has it, is written anew as a whole', () => {
  const old = prod('a1 b2', 'a1');
  const read = environmentFrom(undefined, structuredClone(old), new Map());
  expect(read).toEqual(old);
  const touched = { ...old, expiresAt: 5 };
  expect(written(read, touched)).toBe('a b');
  const rows = environmentRows(read, touched).filter(({ field }) => environmentOf(field) !== null);
  const [body] = environmentRows(read, touched);
  // A reader who knows the old one forgets the nodes that are there no more.
  const without = rows.filter(({ key }) => key !== 'b');
  expect(
    environmentFrom(read, body?.value, new Map(without.map(({ key, value }) => [key, value])))?.pointers,
  ).toEqual(pointing('a1'));
});
