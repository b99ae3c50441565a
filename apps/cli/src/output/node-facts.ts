import type { ManifestNode, Timing } from '@seeknal/manifest';

/** `incremental_by_time`, `csv`, `3 checks`: what a node is, beyond its kind. */
export function modeOf({ spec }: ManifestNode): string {
  switch (spec.kind) {
    case 'transform':
      return spec.mode;
    case 'source':
    case 'exposure':
      return spec.format;
    case 'rule':
      return spec.checks.map(({ type }) => type).join(', ');
    case 'unsupported':
      return 'not supported yet';
  }
}

export const timingOf = ({ spec }: ManifestNode): Timing | null =>
  spec.kind === 'transform' ? spec.timing : null;

/** `0 0 * * *`, with the zone where it is not UTC; empty without a schedule. */
export function scheduleText(node: ManifestNode): string {
  const timing = timingOf(node);
  if (timing === null) return '';
  return timing.timeZone === 'UTC' ? timing.schedule : `${timing.schedule} ${timing.timeZone}`;
}
