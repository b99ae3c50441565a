import { expect, test } from '@jest/globals';
import { parseInstant, stringToInterval } from '@seeknal/intervals';

import { calendarLegend, calendarLines } from './calendar.ts';
import { styleOf } from './style.ts';

const ASCII = styleOf({ write: () => {} }, {}, true);
const UTF8 = styleOf({ write: () => {}, isTTY: true }, { LANG: 'C.UTF-8' }, true);

test('a line a month, a mark a day, and gaps are counted', () => {
  const lines = calendarLines(
    {
      wanted: [stringToInterval('2024-01-05 to 2024-03-04')],
      done: [
        stringToInterval('2024-01-05 to 2024-02-10'),
        stringToInterval('2024-02-12 to 2024-03-02'),
        stringToInterval('2024-03-02 to 2024-03-02T06:00:00'),
      ],
      timeZone: 'UTC',
    },
    ASCII,
  );
  expect(lines).toEqual([
    '         1       10        20        30',
    '  2024-01      ###########################',
    '  2024-02  #########..##################    2 to do',
    '  2024-03  #+.                              2 to do',
  ]);
});

test('where UTF-8 is shown the marks are blocks, and the legend says what they are', () => {
  const set = [stringToInterval('2024-01-01 to 2024-01-03')];
  const sets = { wanted: [stringToInterval('2024-01-01 to 2024-01-04')], done: set, timeZone: 'UTC' };
  expect(calendarLines(sets, UTF8)[1]).toBe(`  2024-01  ██·${' '.repeat(28)}  1 to do`);
  expect(calendarLegend(UTF8)).toBe('█ done, · missing, ▒ some of a day');
  expect(calendarLegend(ASCII)).toBe('# done, . missing, + some of a day');
});

test('days are those of the zone of the node, whatever daylight saving does to them', () => {
  const timeZone = 'Africa/Cairo';
  // The midnight of 26 April 2024 is skipped there.
  const range = {
    start: parseInstant('2024-04-24', { timeZone }),
    end: parseInstant('2024-04-28', { timeZone }),
  };
  const lines = calendarLines({ wanted: [range], done: [range], timeZone }, ASCII);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe(`  2024-04  ${' '.repeat(23)}####`);
});

test('nothing wanted is no calendar', () => {
  expect(calendarLines({ wanted: [], done: [], timeZone: 'UTC' }, ASCII)).toEqual([]);
});
