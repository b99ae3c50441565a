import { expect, test } from '@jest/globals';

import { engineFailure, failureOf, utf16Offset } from './failures.ts';

const json = (type: string, text: string, more: object = {}): Error =>
  new Error(`Some Error: ${JSON.stringify({ exception_type: type, exception_message: text, ...more })}`);

test.each([
  [json('INTERRUPT', 'Interrupted!'), 'ENGINE_CANCELLED', false],
  [json('Out of Memory', 'could not allocate block'), 'ENGINE_OUT_OF_MEMORY', false],
  [json('Out of Memory', `limit was set by 'max_temp_directory_size'`), 'ENGINE_DISK_FULL', false],
  [json('IO', 'Could not write file "x": No space left on device'), 'ENGINE_DISK_FULL', false],
  [json('Conversion', `Could not convert string 'No space left on device' to INT32`), 'ENGINE_SQL', false],
  [json('TransactionContext', 'Conflict on update!'), 'ENGINE_CONFLICT', true],
  [json('TransactionContext', 'Catalog write-write conflict on create with "x"'), 'ENGINE_CONFLICT', true],
  [
    json('TransactionContext', 'Cannot write to database "w" - transaction is launched in read-only mode'),
    'ENGINE_READ_ONLY',
    false,
  ],
  [
    json('FATAL', 'database has been invalidated because of a previous fatal error'),
    'ENGINE_WAREHOUSE_DAMAGED',
    false,
  ],
  [json('IO', 'No files found that match the pattern "x.csv"'), 'ENGINE_INPUT_MISSING', false],
  [json('IO', 'Cannot open file "x": Permission denied'), 'ENGINE_UNWRITABLE', false],
  [json('Catalog', 'Table with name x does not exist!'), 'ENGINE_INPUT_MISSING', false],
  [json('Catalog', 'Scalar Function with name x does not exist!'), 'ENGINE_SQL', false],
  [new Error('Binder Error: no JSON here'), 'ENGINE_SQL', false],
  [new Error('{"exception_type" is broken'), 'ENGINE_SQL', false],
  ['just text', 'ENGINE_SQL', false],
  [null, 'ENGINE_SQL', false],
])('%s is %s', (thrown, code, retryable) => {
  expect(engineFailure(thrown)).toMatchObject({ name: 'EngineError', code, retryable, cause: thrown });
});

test('an EngineError stays what it is', () => {
  const error = engineFailure('x');
  expect(engineFailure(error)).toBe(error);
});

test('plain messages give their type too', () => {
  expect(failureOf(new Error('IO Error: a\nb'))).toEqual({
    type: 'IO',
    text: 'a\nb',
    position: null,
    name: null,
    candidates: [],
  });
});

test('candidates become the hint, without the names of the task', () => {
  const thrown = json('Binder', 'Referenced column "task_1.a" not found!\nCandidate bindings: x', {
    candidates: 'task_1.b, pg_x, c',
  });
  expect(engineFailure(thrown, { hiddenNames: ['task_1'], prefix: 'transform.x: ' })).toMatchObject({
    message: 'transform.x: Referenced column "a" not found!',
    hint: 'Did you mean b, c?',
  });
});

test.each([
  ['abc', 2, 2],
  ['é€😀x', 2, 1],
  ['é€😀x', 5, 2],
  ['é€😀x', 9, 4],
])('byte %#', (text, bytes, offset) => {
  expect(utf16Offset(text, bytes)).toBe(offset);
});
