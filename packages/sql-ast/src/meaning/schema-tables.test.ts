import { expect, test } from '@jest/globals';

import { tablesOf, type Schema } from './schema-tables.ts';
import { TermTable } from './terms.ts';

const columnsOf = (schema: Schema, path: string, caseSensitive = false): readonly string[] | null => {
  const table = tablesOf(schema, { terms: new TermTable(), caseSensitive });
  return table(path.split('.'))?.columns.map(({ name }) => name) ?? null;
};

const schema: Schema = {
  orders: { own: 'INTEGER' },
  'raw.orders': { raw: 'INTEGER' },
  'raw.lines': { line: 'INTEGER' },
  'clean.lines': { clean: 'INTEGER' },
  'shop.main.Items': { Id: 'INTEGER' },
};

test.each([
  ['orders', ['own']],
  ['raw.orders', ['raw']],
  ['db.raw.orders', ['raw']],
  ['other.orders', ['own']],
  ['ORDERS', ['own']],
  ['items', ['Id']],
  ['main.items', ['Id']],
  ['lines', null],
  ['nowhere', null],
])('%s is found under its full name, else under the end of it if that is the only one', (path, columns) => {
  expect(columnsOf(schema, path)).toEqual(columns);
});

test('case tells tables apart where it counts', () => {
  expect(columnsOf(schema, 'items', true)).toBeNull();
  expect(columnsOf(schema, 'Items', true)).toEqual(['Id']);
});

test('one entry read under two names is two tables, under one name one', () => {
  const table = tablesOf(schema, { terms: new TermTable(), caseSensitive: false });
  expect(table(['raw', 'orders'])).toBe(table(['RAW', 'orders']));
  expect(table(['raw', 'orders'])?.rows).not.toBe(table(['db', 'raw', 'orders'])?.rows);
});
