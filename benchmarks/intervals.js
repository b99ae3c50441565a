/**
 * The interval package beside croner itself, in one process: ten years of hourly ticks, what is missing of a
 * five-minute schedule since 1970, the merge of a million ranges.
 */
import { Cron } from 'croner';
import { countIntervals, intervalSet, listIntervals, missing, schedule } from '@seeknal/intervals';

import { alternate, ms, printTable, ratio, timed } from './measure.js';

const ROUNDS = 9;
const HOUR = 3_600_000;
const DECADE = { start: Date.UTC(2014, 0, 1), end: Date.UTC(2024, 0, 1) };
const HOURS = (DECADE.end - DECADE.start) / HOUR;
const SINCE_1970 = { start: 0, end: Date.UTC(2024, 0, 1) };

const hourly = schedule('0 * * * *');
const berlin = schedule('0 * * * *', { timeZone: 'Europe/Berlin' });
const cronerUtc = new Cron('0 * * * *', { mode: '5-part', utcOffset: 0 });
const cronerBerlin = new Cron('0 * * * *', { mode: '5-part', timezone: 'Europe/Berlin' });
const walkings = await alternate(
  {
    'croner, utcOffset: 0': walking((at) => cronerUtc.nextRun(new Date(at)).getTime()),
    'next(), UTC': walking(hourly.next),
    'croner, Europe/Berlin': walking((at) => cronerBerlin.nextRun(new Date(at)).getTime()),
    'next(), Europe/Berlin': walking(berlin.next),
    'listIntervals(), UTC': once(() => listIntervals([DECADE], hourly).length === HOURS),
    'countIntervals(), UTC': once(() => countIntervals([DECADE], hourly) === HOURS),
  },
  ROUNDS,
);
const croner = walkings['croner, utcOffset: 0'].ms;
printTable(`Ten years of hourly ticks, ${HOURS} of them (goal: 1/20 of croner with utcOffset: 0)`, [
  ['', 'time', 'a tick', 'beside croner'],
  ...Object.entries(walkings).map(([name, measured]) => [
    name,
    precise(measured.ms),
    `${((measured.ms / HOURS) * 1e6).toFixed(0)} ns`,
    share(measured.ms / croner),
  ]),
]);

const fiveMinutes = schedule('*/5 * * * *');
const everySevenMinutes = schedule('*/7 * * * *');
const done = intervalSet([
  { start: 0, end: Date.UTC(1985, 3, 1) },
  { start: Date.UTC(1985, 3, 1, 0, 5), end: Date.UTC(1999, 6, 1) },
  { start: Date.UTC(1999, 6, 2), end: Date.UTC(2020, 1, 29, 12) },
  { start: Date.UTC(2020, 1, 29, 13), end: SINCE_1970.end },
]);
const holes = { time: {}, memory: {} };
for (const [name, by, pieces] of [
  ['*/5 * * * *', fiveMinutes, 1 + 288 + 12],
  ['*/7 * * * *', everySevenMinutes, null],
]) {
  const find = () => listIntervals(missing({ wanted: [SINCE_1970], done, schedule: by }), by);
  const found = find();
  if (pieces !== null && found.length !== pieces)
    throw new Error(`${found.length} intervals of ${by.expression} are missing`);
  const first = await timed(async () => find());
  const { find: again } = await alternate({ find: once(() => find().length > 0) }, 99);
  holes.time[name] = [first, again.ms];
  holes.memory[name] = allocated(find);
}
printTable('Missing intervals since 1970, three holes, cut into intervals (goals: 2 ms, 1 MB)', [
  ['', 'second call', 'median of 99', 'allocated'],
  ...Object.entries(holes.time).map(([name, [first, again]]) => [
    name,
    precise(first),
    precise(again),
    `${(holes.memory[name] / 1024).toFixed(0)} kB`,
  ]),
]);

const MILLION = 1_000_000;
const apart = Array.from({ length: MILLION }, (_, i) => ({ start: i * 2 * HOUR, end: (i * 2 + 1) * HOUR }));
const touching = Array.from({ length: MILLION }, (_, i) => ({ start: i * HOUR, end: (i + 1) * HOUR }));
// A walk through all of them in steps that share no factor with their number: an order, not a random one.
const shuffled = (list) => Array.from(list, (_, i) => list[(i * 617_411) % list.length]);
const [apartShuffled, touchingShuffled] = [apart, touching].map(shuffled);
const merges = await alternate(
  {
    'sort() of the same list alone': once(
      () => apartShuffled.toSorted((a, b) => a.start - b.start).length > 0,
    ),
    'apart, in order': once(() => intervalSet(apart).length === MILLION),
    'apart, shuffled': once(() => intervalSet(apartShuffled).length === MILLION),
    'touching, shuffled: one range': once(() => intervalSet(touchingShuffled).length === 1),
    'missing() in a million holes': once(
      () => missing({ wanted: [{ start: 0, end: 2 * MILLION * HOUR }], done: apart }).length === MILLION,
    ),
  },
  5,
);
const sorting = merges['sort() of the same list alone'].ms;
printTable('A million ranges merged', [
  ['', 'time', 'beside sort()'],
  ...Object.entries(merges).map(([name, measured]) => [name, ms(measured.ms), ratio(measured.ms / sorting)]),
]);

/** Takes a step from tick to tick through the ten years. @param {(at: number) => number | null} next */
function walking(next) {
  return once(() => {
    let ticks = 0;
    for (let at = next(DECADE.start - 1); at < DECADE.end; at = next(at)) ticks += 1;
    return ticks === HOURS;
  });
}

/** Measures a call whose answer is right when it returns true. @param {() => boolean} work */
function once(work) {
  return async () => {
    let isRight = false;
    const elapsed = await timed(async () => {
      isRight = work();
    });
    if (!isRight) throw new Error('What was measured gave a wrong answer.');
    return { ms: elapsed };
  };
}

/** Bytes that a call allocates; the least of several, since a collection in between only hides some. */
function allocated(work) {
  const measured = Array.from({ length: 9 }, () => {
    const before = process.memoryUsage().heapUsed;
    work();
    return process.memoryUsage().heapUsed - before;
  }).filter((bytes) => bytes > 0);
  return measured.toSorted((a, b) => a - b)[measured.length >> 1];
}

function precise(value) {
  return value < 0.1 ? `${(value * 1000).toFixed(0)} µs` : `${value.toFixed(2)} ms`;
}

function share(value) {
  return value < 0.5 ? `1/${(1 / value).toFixed(0)}` : ratio(value);
}
