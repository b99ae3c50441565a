import type { NodePlan, Plan } from '@seeknal/plan';

import type { Style } from './style.ts';

/** Of every node: the snapshot that stands for it, whether it is new, and why. */
export function explained({ nodes }: Plan, { color }: Style): string {
  const widest = Math.max(0, ...nodes.map(({ node }) => node.length));
  const lines = nodes.map(
    (each) => `  ${each.node.padEnd(widest)}  ${snapshotText(each)}  ${color.dim(each.reason)}`,
  );
  return ['', color.bold('Snapshots:'), ...lines].join('\n');
}

const snapshotText = ({ snapshot, isNew }: NodePlan): string =>
  snapshot === null ? 'none' : `${snapshot.slice(0, 12)} ${isNew ? 'made' : 'used'}`;
