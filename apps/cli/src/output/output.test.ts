import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { folderWith } from '../in-process.test.kit.ts';
import { exitCodeOf } from '../exit-code.ts';
import { codeFrame } from './code-frame.ts';
import { codedError, errorJson } from './coded-error.ts';
import { cellText, csvLine } from './csv.ts';
import { errorText } from './error-text.ts';
import { count, duration, number } from './numbers.ts';
import { rangeLines, rangeText, scopeText } from './ranges.ts';
import { styleOf } from './style.ts';

const plain = styleOf({ write: () => {} }, {}, false);
const DAY = 86_400_000;

test.each([
  [0, '0.00s'],
  [23, '0.02s'],
  [59_994, '59.99s'],
  [59_996, '1m 00s'],
  [65_000, '1m 05s'],
  [3_599_600, '1h 00m'],
  [7_380_000, '2h 03m'],
])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

test('numbers have groups, nouns a plural', () => {
  expect([number(1_234_567), count(1, 'row'), count(0, 'row'), count(1461, 'interval')]).toEqual([
    '1,234,567',
    '1 row',
    '0 rows',
    '1,461 intervals',
  ]);
});

test.each([
  // terminal  environment                                   --no-color  colours  signs
  [true, { LANG: 'en_US.UTF-8' }, false, true, '✓'],
  [true, { LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false, true, 'OK'],
  [true, {}, false, true, 'OK'],
  [true, { OS: 'Windows_NT' }, false, true, '✓'],
  [true, { LANG: 'C.utf8', NO_COLOR: '1' }, false, false, '✓'],
  [true, { NO_COLOR: '' }, false, true, 'OK'],
  [true, { FORCE_COLOR: '1' }, true, false, 'OK'],
  [true, { TERM: 'dumb' }, false, false, 'OK'],
  [false, { LANG: 'en_US.UTF-8' }, false, false, 'OK'],
  [false, { FORCE_COLOR: '1' }, false, true, 'OK'],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, false, 'OK'],
  [true, { FORCE_COLOR: '0' }, false, false, 'OK'],
])('terminal %s, %o, --no-color %s', (isTTY, env, noColor, hasColors, ok) => {
  const { color, mark } = styleOf({ write: () => {}, isTTY }, env, noColor);
  expect([color.isColorSupported, mark.ok]).toEqual([hasColors, ok]);
});

test('ranges are dates where they can be, and many are cut short', () => {
  const day = (n: number): { start: number; end: number } => ({ start: n * DAY, end: (n + 1) * DAY });
  expect(rangeText(day(0))).toBe('1970-01-01 to 1970-01-02');
  expect(rangeText({ start: -8.64e15, end: 8.64e15 })).toBe('');
  expect(rangeLines([0, 2, 4, 6].map(day), 2)).toEqual([
    '1970-01-01 to 1970-01-02',
    '1970-01-03 to 1970-01-04',
    'and 2 more stretches',
  ]);
  expect(scopeText(null, 1_234)).toBe('everything up to 1970-01-01T00:00:01Z (UTC)');
  expect(scopeText(day(0), 0)).toBe('1970-01-01 to 1970-01-02 (UTC, end not included)');
});

test('a cell of CSV is quoted only where it has to be', () => {
  expect(csvLine([null, '', 'a b', 'a,b', 'a"b', 'a\nb', 1, true, 10n, [1, 2n]])).toBe(
    ',"",a b,"a,b","a""b","a\nb",1,true,10,"[1,""2""]"',
  );
  expect([cellText(null), cellText({ a: 1 })]).toEqual(['NULL', '{"a":1}']);
});

test('a code frame shows the lines around a place, and nothing of a file that is gone', async () => {
  const folder = await folderWith({ 'a.sql': `SELECT\n\tx,\n  y${' '.repeat(300)}z\nFROM t\n` });
  expect(codeFrame(folder, { file: 'a.sql', line: 2, column: 2 })).toBe(
    '  1 | SELECT\n> 2 |  x,\n    |  ^\n  3 |   y\n  4 | FROM t',
  );
  expect(codeFrame(folder, { file: 'a.sql', line: 3, column: 304 })).toMatch(/\n> 3 | +z\n {4}\| {79}\^\n/u);
  expect(codeFrame(folder, { file: 'a.sql', line: 9, column: 1 })).toBeNull();
  expect(codeFrame(folder, { file: join('b', 'a.sql'), line: 1, column: 1 })).toBeNull();
});

test('an error without a code is a bug, and shows its stack', () => {
  const bug = new TypeError('x is not a function');
  const options = { isVerbose: false, folder: '/' };
  expect(errorText(bug, plain, options)).toBe(
    `ERROR This is a bug in seeknal: x is not a function\n${bug.stack}\n` +
      'Please report it with the lines above: https://github.com/seeknal/seeknal/issues',
  );
  expect(errorText('thrown', plain, options)).toMatch(/^ERROR This is a bug in seeknal: thrown\nPlease/u);
  expect(errorJson(bug)).toEqual({ code: 'BUG', message: 'x is not a function' });
  expect(codedError(Object.assign(new Error('m'), { code: 'ERR_INVALID_ARG_TYPE' })).code).toBeNull();
});

test('what the system refuses comes with a next step', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(errorText(full, plain, { isVerbose: false, folder: '/' })).toBe(
    'ERROR ENOSPC: no space left on device, write\n  -> Free some space, then run again: what is finished is kept.',
  );
});

test('an error says its place once, and names what it is about', () => {
  const error = {
    code: 'X',
    message: 'a.sql:1:2: No such column',
    place: { file: 'a.sql', line: 1, column: 2 },
  };
  expect(errorText(error, plain, { isVerbose: false, folder: '/nowhere', subject: 'transform.a' })).toBe(
    'ERROR transform.a: No such column\n  at a.sql:1:2',
  );
  expect(errorJson(error)).toEqual({ code: 'X', message: error.message, place: error.place });
});

test('more problems than one reads are counted', () => {
  const place = { file: 'a.yml', line: 1, column: 1 };
  const problems = Array.from({ length: 23 }, () => ({ code: 'P', message: 'No.', place, frame: '' }));
  const lines = errorText({ code: 'X', message: '', problems }, plain, {
    isVerbose: false,
    folder: '/',
  }).split('\n');
  expect(lines[0]).toBe('ERROR 23 problems in the project');
  expect(lines.at(-1)).toBe('and 3 more problems');
});

test.each([
  ['CLI_USAGE', 2],
  ['SELECTOR_EMPTY', 2],
  ['ENGINE_WAREHOUSE_HELD', 4],
  ['STATE_LOCK_HELD', 4],
  ['ENGINE_CANCELLED', 130],
  ['ENGINE_SQL', 1],
  [null, 1],
])('%s ends with %d', (code, exitCode) => expect(exitCodeOf(code)).toBe(exitCode));
