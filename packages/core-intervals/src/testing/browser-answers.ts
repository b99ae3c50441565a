import {
  batches,
  countIntervals,
  createIntervalCalculator,
  formatInstant,
  formatInterval,
  interval,
  intervalSet,
  listIntervals,
  missing,
  parseCronSchedule,
  parseInstant,
  partitionKeys,
  resolveRange,
  schedule,
} from '@seeknal/intervals';

const now = Date.UTC(2024, 2, 31, 12);

/** What is asked for, and how it is worked out: the same in Node and in a browser, text for text. */
const QUESTIONS: Readonly<Record<string, () => readonly unknown[]>> = {
  'holes in January': () => {
    const done = intervalSet([interval('2024-01-01', '2024-01-10'), interval('2024-01-12', '2024-01-31')]);
    const { range } = resolveRange({ start: '2024-01-01', end: '2024-01-31', now });
    return missing({ wanted: [range], done }).map(formatInterval);
  },
  'the calculator': () =>
    createIntervalCalculator('@weekly').calculateIntervals('2024-01-01', '2024-01-31').map(formatInterval),
  'days in Berlin around the change of the clocks': () => {
    const daily = schedule('@daily', { timeZone: 'Europe/Berlin' });
    return listIntervals([interval('2024-03-29T23:00', '2024-04-01T22:00')], daily).map(formatInterval);
  },
  'hours of an April day in Lord Howe': () => [
    countIntervals(
      [interval('2024-04-05T13:00', '2024-04-06T13:30')],
      schedule('*/30 * * * *', { timeZone: 'Australia/Lord_Howe' }),
    ),
  ],
  'the day that Samoa left out': () => [
    formatInstant(parseInstant('2011-12-30', { timeZone: 'Pacific/Apia' })),
  ],
  'relative times': () =>
    ['yesterday', '1 week ago', 'in 3 hours'].map((text) => formatInstant(parseInstant(text, { now }))),
  'the last day of each month': () => {
    const last = parseCronSchedule('0 0 L * *');
    return [last.day, formatInstant(last.next('2024-02-01') ?? 0)];
  },
  'batches and their partitions': () => {
    const quarter = [interval('2024-01-01', '2024-04-01')];
    const monthly = schedule('@monthly');
    return [...batches(quarter, monthly, 2).map(formatInterval), ...partitionKeys(quarter, monthly, '%Y-%m')];
  },
  'a refusal': () => {
    try {
      return [schedule('0 0 30 2 *').next(0)];
    } catch (error) {
      const { name, code, hint } = error as { name: string; code: string; hint: string };
      return [name, code, hint];
    }
  },
};

/** Every question with what came out, as lines. */
export const answers = (): string =>
  Object.entries(QUESTIONS)
    .map(([question, answer]) => [question, ...answer().map((line) => `  ${String(line)}`)].join('\n'))
    .join('\n');
