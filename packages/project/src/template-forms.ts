/**
 * The expressions that need no template engine: a name, a shared snippet, a reference, a variable of the
 * environment, a day counted from today. Everything else is for the engine.
 */
export type PlainForm =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ref'; readonly ref: string }
  | { readonly kind: 'env'; readonly name: string; readonly fallback: string | null }
  | { readonly kind: 'clock'; readonly call: ClockCall; readonly shift: number };

/** Days and firsts of months and years, counted from the run's today. */
export type ClockCall = 'today' | 'yesterday' | 'month_start' | 'year_start';

const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const REF = /^ref\(\s*(?:'([^']*)'|"([^"]*)")\s*\)$/;
const ENV = /^env:([A-Za-z_]\w*)\s*(?:\|(.*))?$/s;
const CLOCK = /^(today|yesterday|month_start|year_start)\(\s*(-?\d{1,6})?\s*\)$/;
const LITERALS = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

/** Reads the code of an output tag as a plain form; null when it takes the template engine. */
export function plainForm(code: string): PlainForm | null {
  if (NAME.test(code)) return LITERALS.has(code) ? null : { kind: 'name', name: code };
  const ref = REF.exec(code);
  if (ref !== null) return { kind: 'ref', ref: ref[1] ?? ref[2] ?? '' };
  const env = ENV.exec(code);
  if (env !== null) {
    const fallback = env[2]?.trim() ?? null;
    return { kind: 'env', name: env[1] as string, fallback: fallback === null ? null : unquoted(fallback) };
  }
  const clock = CLOCK.exec(code);
  if (clock === null) return null;
  return { kind: 'clock', call: clock[1] as ClockCall, shift: Number(clock[2] ?? 0) };
}

const unquoted = (text: string): string => /^(['"])(.*)\1$/s.exec(text)?.[2] ?? text;
