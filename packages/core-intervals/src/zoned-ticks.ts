import { Cron } from 'croner';
import type { CronOptions, CronPattern } from 'croner';

import type { Instant } from './interval.ts';
import type { Ticks } from './ticks.ts';
import { isPlain, utcTicks } from './utc-ticks.ts';
import { steadyStretch } from './wall-clock.ts';

const SECOND = 1000;

/**
 * How croner reads an expression: five fields, never seconds. A job whose minute and hour are
 * numbers, lists or ranges is fixed: a local time that daylight saving skips fires at the first
 * valid instant, a repeated one fires once, the first time. One with a `*` or a step follows
 * elapsed time: it fires in both repeated hours and not in a skipped one.
 */
export const CRON_OPTIONS: Pick<CronOptions, 'mode' | 'fixedTimeRule'> = {
  mode: '5-part',
  fixedTimeRule: 'no-wildcard',
};

/**
 * The ticks of any pattern in any zone. croner says what fires when the clocks change; further away
 * from it than some hours a plain pattern is walked as in UTC, which is twenty times faster.
 */
export function zonedTicks(pattern: CronPattern, timeZone: string): Ticks {
  const exact = cronerTicks(pattern, timeZone);
  if (!isPlain(pattern)) return exact;

  const onWall = utcTicks(pattern);
  const step = (from: Instant, direction: 'next' | 'prev'): Instant | null => {
    const { offset } = steadyStretch(from, timeZone);
    const tick = offset === null ? null : onWall[direction](from + offset);
    if (offset === null || tick === null) return exact[direction](from);
    // Whatever fires differently would be found here, by its time on the wall.
    const steady = steadyStretch(tick - offset, timeZone).offset === offset;
    return steady ? tick - offset : exact[direction](from);
  };
  return {
    next: (after) => step(after, 'next'),
    prev: (before) => step(before, 'prev'),
    count(start, end) {
      let ticks = 0;
      for (let from = start; from < end;) {
        const { offset, end: near } = steadyStretch(from, timeZone);
        let to = near;
        for (let on = steadyStretch(to, timeZone); to < end && on.offset === offset;) {
          to = on.end;
          on = steadyStretch(to, timeZone);
        }
        to = Math.min(to, end);
        ticks += offset === null ? exact.count(from, to) : onWall.count(from + offset, to + offset);
        from = to;
      }
      return ticks;
    },
    periodMs: null,
  };
}

/** About 0.04 ms a step in a zone, 0.01 ms in UTC. */
function cronerTicks(pattern: CronPattern, timeZone: string): Ticks {
  // With an offset croner does without Intl, which makes UTC faster.
  const zone = timeZone === 'UTC' ? { utcOffset: 0 } : { timezone: timeZone };
  const cron = new Cron(pattern.pattern, { ...CRON_OPTIONS, ...zone });
  const next = (after: Instant): Instant | null => instantOf(cron.nextRun(new Date(after)));
  return {
    next,
    prev(before) {
      // croner cuts a bound off to the second, which would lose a tick less than a second before.
      const bound = new Date(Math.ceil(before / SECOND) * SECOND);
      return instantOf(cron.previousRuns(1, bound)[0]);
    },
    count(start, end) {
      let ticks = 0;
      for (let at = next(start - 1); at !== null && at < end; at = next(at)) ticks += 1;
      return ticks;
    },
    periodMs: null,
  };
}

const instantOf = (run: Date | null | undefined): Instant | null => run?.getTime() ?? null;
