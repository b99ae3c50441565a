import type { NodePlan, Plan, Verified } from '@seeknal/plan';

import { count, number } from './numbers.ts';
import { rangeLines } from './ranges.ts';
import type { Style } from './style.ts';
import type { Terminal } from './terminal.ts';

/** What a comparison found of a node, as a line of the plan. */
export function verifiedLine({ verified, materialization }: NodePlan, { color, mark }: Style): string | null {
  if (verified === null) return null;
  const { same, sampled } = verified;
  const isOnce = materialization === 'full';
  if (!same) return color.red(`${mark.failed} verified: ${othersText(verified)}`);
  const rows = count(verified.rows, 'row');
  const stretches = verified.ranges === 1 ? '1 stretch' : `${number(verified.ranges)} stretches`;
  const what = isOnce ? rows : `${rows} in ${stretches}`;
  return sampled
    ? `${color.cyan(mark.info)} verified by a sample: ${what} ${verified.rows === 1 ? 'is' : 'are'} the same; a sample can refute, not prove`
    : color.green(`${mark.ok} verified: the new query gives the same ${what}`);
}

/** `the new query gives other rows in 2024-01-01 to 2024-01-02`. */
function othersText({ differing }: Verified): string {
  const where = rangeLines(differing, 3).join(', ');
  return `the new query gives other rows${where === '' ? '' : ` in ${where}`}`;
}

/** Says for people which rows were to be kept and are not what the new queries give. */
export function warnOfRefuted({ nodes }: Plan, { say, err: { color, mark } }: Terminal): void {
  for (const { node, reason, verified } of nodes) {
    if (verified === null || verified.same) continue;
    say(
      `${color.yellow(mark.warning)} ${color.bold(node)}: ${othersText(verified)} than those that were to be kept.`,
    );
    say(`  ${mark.hint} ${reason}`);
  }
}
