import { expect, test } from '@jest/globals';

import { columnType, nearestType } from './column-types.ts';

test.each([
  ['integer', 'INTEGER'],
  ['Int', 'INTEGER'],
  ['float', 'DOUBLE'],
  ['real', 'FLOAT'],
  ['string', 'VARCHAR'],
  ['varchar(10)', 'VARCHAR'],
  ['DECIMAL', 'DECIMAL(18,3)'],
  ['decimal( 10 , 2 )', 'DECIMAL(10,2)'],
  ['numeric(5)', 'DECIMAL(5,0)'],
  ['decimal(39)', null],
  ['decimal(2,3)', null],
  ['integer(4)', null],
  ['integer[][]', 'INTEGER[][]'],
  ['INTEGER; DROP TABLE x', null],
  ['constructor', null],
  ['', null],
])('%s is %s', (text, type) => {
  expect(columnType(text)).toBe(type);
});

test('a text that is nearly a type is told from a description', () => {
  expect(nearestType('intger')).toBe('integer');
  expect(nearestType('the id of the order')).toBeNull();
});
