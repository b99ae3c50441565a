/**
 * The most intervals that are ever listed: two years of minutes, a century of hours, some 80 MB. A
 * call that would make more is refused rather than left to run out of memory or time.
 */
export const MOST_INTERVALS = 1_000_000;
