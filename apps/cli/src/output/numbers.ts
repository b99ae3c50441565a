/** `1,234`. */
export const number = (value: number): string => value.toLocaleString('en-US');

/** `1 interval`, `1,461 intervals`. */
export const count = (value: number, noun: string): string =>
  `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `0.02s`, `1m 05s`, `2h 03m`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 59.995) return `${seconds.toFixed(2)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${pad(Math.floor(whole / 60) % 60)}m`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
