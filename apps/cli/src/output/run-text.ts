import type { Plan } from '@seeknal/plan';
import type { RunReport } from '@seeknal/sdk';

import { codedError } from './coded-error.ts';
import { count, duration, number } from './numbers.ts';
import { hasChanges, signOf, summaryLine, workOf } from './plan-text.ts';
import type { Progress } from './progress.ts';
import { taskName } from './progress-log.ts';
import { rangeText, scopeText } from './ranges.ts';
import type { Style } from './style.ts';

/** Failed tasks beyond these are counted. */
const FAILURES_SHOWN = 10;
const RULE = '='.repeat(60);

/** How large the whole project is, whatever of it is selected. */
export interface GraphSize {
  readonly nodes: number;
  readonly edges: number;
}

/** What is run, before it is run: the project, the range and a line a node. */
export function runHeader(plan: Plan, graph: GraphSize, isFull: boolean, style: Style): string {
  const { color, mark } = style;
  const told = plan.nodes.filter(({ action }) => action !== 'keep');
  const widest = Math.max(0, ...told.map(({ node }) => node.length));
  return [
    color.bold('Seeknal Pipeline Execution'),
    RULE,
    `  Project: ${plan.project}`,
    `  Mode: ${isFull ? 'Full' : 'Incremental'}`,
    `  Range: ${scopeText(plan.range, plan.now)}`,
    `${color.green(mark.ok)} DAG built: ${count(graph.nodes, 'node')}, ${count(graph.edges, 'edge')}`,
    ...(hasChanges(plan) ? [`${color.cyan(mark.info)} Nodes to run: ${nodesToRun(plan)}`] : []),
    ...(told.length > 0 ? [''] : []),
    ...told.map((node) => {
      const ranges = node.missing.map(rangeText).filter((text) => text !== '');
      const where =
        ranges.length === 0
          ? ''
          : `, ${ranges[0]}${ranges.length > 1 ? ` and ${ranges.length - 1} more` : ''}`;
      const work = node.tasks === 0 ? '' : `: ${workOf(node)}${where}`;
      return `  ${signOf(node.action, style)} ${node.node.padEnd(widest)}  ${node.reason}${work}`;
    }),
    ...(hasChanges(plan) ? ['', summaryLine(plan, style)] : []),
  ].join('\n');
}

const nodesToRun = ({ nodes }: Plan): number => nodes.filter(({ tasks }) => tasks > 0).length;

/** How many nodes a run left in which state; each node counts once, by the worst that happened to it. */
export interface NodeCounts {
  readonly total: number;
  readonly executed: number;
  readonly cached: number;
  readonly failed: number;
  readonly skipped: number;
  readonly blocked: number;
}

export function nodeCounts({ plan, job }: RunReport): NodeCounts {
  const failed = new Set(job?.failed.map(({ task }) => task.node));
  const skipped = new Set(job?.skipped.map(({ task }) => task.node).filter((id) => !failed.has(id)));
  const executed = new Set(
    job?.done.map(({ node }) => node).filter((id) => !failed.has(id) && !skipped.has(id)),
  );
  const { blocked } = plan.summary;
  const total = plan.nodes.filter(({ action }) => action !== 'remove').length;
  const rest = total - executed.size - failed.size - skipped.size - blocked;
  return {
    total,
    executed: executed.size,
    cached: Math.max(0, rest),
    failed: failed.size,
    skipped: skipped.size,
    blocked,
  };
}

/** How a run ended, in numbers, and what it left undone. */
export function runSummary(report: RunReport, progress: Progress, style: Style): string {
  const { color, mark } = style;
  const { total, executed, cached, failed, skipped, blocked } = nodeCounts(report);
  const warnings = [...progress.nodes.values()].reduce((sum, node) => sum + node.warnings, 0);
  const lines = [
    color.bold('Execution Summary'),
    RULE,
    `  Total nodes: ${total}`,
    `  Executed:    ${executed}`,
    `  Cached:      ${cached}`,
    `  Failed:      ${failed === 0 ? '0' : color.red(String(failed))}`,
    ...(skipped > 0 ? [`  Skipped:     ${color.yellow(String(skipped))}`] : []),
    ...(blocked > 0 ? [`  Blocked:     ${color.yellow(String(blocked))}`] : []),
    `  Tasks:       ${number(report.job?.done.length ?? 0)}`,
    `  Rows:        ${number(progress.rows)}`,
    ...(warnings > 0 ? [`  Warnings:    ${warnings}`] : []),
    `  Duration:    ${duration(report.durationMs)}`,
  ];
  const failures = report.job?.failed ?? [];
  for (const { task, error } of failures.slice(0, FAILURES_SHOWN)) {
    lines.push(`${color.red(mark.failed)} ${taskName(task)}: ${firstLine(codedError(error).message)}`);
  }
  const rest = failures.length - FAILURES_SHOWN;
  if (rest > 0) lines.push(`  and ${count(rest, 'more failed task')}`);
  for (const { node, reason } of report.held) {
    lines.push(`${color.yellow(mark.warning)} ${node} is left as it was: ${reason}`);
  }
  return lines.join('\n');
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
