import type { NodeAction, NodePlan, Plan } from '@seeknal/plan';

import { withAuthorNames } from './author-names.ts';
import { count } from './numbers.ts';
import { isAllTime, rangeLines, scopeText } from './ranges.ts';
import { changeLines } from './plan-changes.ts';
import type { Style } from './style.ts';
import { verifiedLine } from './verified-text.ts';

const LABELS = {
  BREAKING: 'BREAKING - rebuilds downstream',
  NON_BREAKING: 'NON_BREAKING - rebuild this node',
  METADATA: 'METADATA - no rebuild needed',
} as const;

/** Whether applying the plan does anything at all. */
export const hasChanges = ({ tasks, environment, base, summary: { add, change, remove } }: Plan): boolean =>
  tasks.length + add + change + remove > 0 || (environment !== 'prod' && base.environment.epoch === 0);

/**
 * A plan as people read it before they apply it: what happens to each node, why, and how much that is.
 *
 * @param isFull Whether changes of SQL are shown whole.
 */
export function planText(plan: Plan, style: Style, isFull = false): string {
  const { color } = style;
  const told = plan.nodes.filter(
    ({ action, maybe, notes, reason, verified }) =>
      action !== 'keep' || maybe.length + notes.length > 0 || verified !== null || reason !== 'up to date',
  );
  const kept = plan.nodes.filter((node) => !told.includes(node)).map(({ node }) => node);
  const lines = [
    `${color.bold(`Plan for ${plan.project}`)} (${plan.environment}${startText(plan)})`,
    `  Range: ${scopeText(plan.range, plan.now)}`,
    '',
    ...told.flatMap((node) => [...nodeLines(node, style, isFull).map(withAuthorNames), '']),
  ];
  if (kept.length > 0)
    lines.push(color.dim(`  ${count(kept.length, 'node')} up to date: ${names(kept)}`), '');
  lines.push(hasChanges(plan) ? summaryLine(plan, style) : nothingToDo(style));
  return lines.join('\n');
}

/** Where an environment that the plan makes starts from. */
const startText = ({ environment, base, asked }: Plan): string =>
  environment === 'prod' || base.environment.epoch > 0
    ? ''
    : `, new, from ${String(asked['from'] ?? 'prod')}`;

/** `Plan: 3 to add, 1 to change, 0 to remove, 2 to backfill. 30 tasks, 1,461 intervals.` */
export function summaryLine({ summary, nodes }: Plan, { color }: Style): string {
  const { add, change, remove, backfill, blocked, tasks } = summary;
  const intervals = nodes.reduce((sum, node) => sum + (isOnce(node) ? 0 : node.intervals), 0);
  const work =
    intervals === 0 ? count(tasks, 'task') : `${count(tasks, 'task')}, ${count(intervals, 'interval')}`;
  const parts = [`${add} to add`, `${change} to change`, `${remove} to remove`, `${backfill} to backfill`];
  if (blocked > 0) parts.push(`${blocked} blocked`);
  return `${color.bold('Plan:')} ${parts.join(', ')}. ${work}.`;
}

export const nothingToDo = ({ color, mark }: Style): string =>
  `${color.green(mark.ok)} No changes detected. Nothing to run.`;

/** The sign of what happens to a node, coloured. */
export function signOf(action: NodeAction, { color, mark }: Style): string {
  switch (action) {
    case 'add':
      return color.green('+');
    case 'change':
      return color.yellow('~');
    case 'remove':
      return color.red('-');
    case 'backfill':
      return color.cyan(mark.backfill);
    case 'blocked':
      return color.red('!');
    case 'keep':
      return color.dim('=');
  }
}

function nodeLines(node: NodePlan, style: Style, isFull: boolean): readonly string[] {
  const { color, mark } = style;
  const lines = [`  ${signOf(node.action, style)} ${color.bold(node.node)}${labelOf(node)}`];
  const add = (line: string): void => void lines.push(`      ${line}`);
  add(node.tasks === 0 ? node.reason : `${node.reason.replace(/\.$/u, '')}: ${workOf(node)}`);
  if (node.path.length > 1) add(`by way of ${[...node.path, node.node].join(` ${mark.arrow} `)}`);
  for (const range of rangeLines(node.missing)) add(range);
  const maybe = rangeLines(node.maybe);
  if (node.maybe.length > 0) {
    // Of a node that is kept, the reason says so already.
    const words = node.action === 'keep' ? [] : ['again only if rows above differ'];
    const line = [...words, ...(maybe.length > 0 ? [maybe.join(', ')] : [])].join(': ');
    if (line !== '') add(line);
  }
  for (const line of changeLines(node, style, isFull)) add(line);
  const verified = verifiedLine(node, style);
  if (verified !== null) add(verified);
  for (const note of node.notes) add(color.dim(`note: ${note}`));
  return lines;
}

function labelOf({ action, category, path, continues }: NodePlan): string {
  if (action === 'add') return ' [NEW]';
  if (action === 'remove') return ' [REMOVED]';
  if (action === 'blocked') return ' [BLOCKED]';
  if (category === null) return '';
  if (continues !== null) return ` [${category} - forward only]`;
  return category === 'BREAKING' && path.length > 0
    ? ' [BREAKING - through its inputs]'
    : ` [${LABELS[category]}]`;
}

/** `1,461 intervals in 25 tasks`, or `1 task` where there are no intervals to speak of. */
export function workOf(node: NodePlan): string {
  const tasks = count(node.tasks, 'task');
  return isOnce(node) ? tasks : `${count(node.intervals, 'interval')} in ${tasks}`;
}

const isOnce = ({ missing }: NodePlan): boolean => missing.every(isAllTime);

const names = (ids: readonly string[]): string =>
  ids.length <= 8 ? ids.join(', ') : `${ids.slice(0, 8).join(', ')} and ${ids.length - 8} more`;
