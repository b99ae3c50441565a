import { formatInstant, schedule, countIntervals } from '@seeknal/intervals';
import { inputsOf, type ManifestNode } from '@seeknal/manifest';
import type { NodeIntervals } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { modeOf, scheduleText, timingOf } from '../output/node-facts.ts';
import { number } from '../output/numbers.ts';
import { isAllTime, rangeJson, rangeLines } from '../output/ranges.ts';
import type { Style } from '../output/style.ts';
import type { CommandBody } from '../program.ts';
import { intervalsOf, oneNode } from '../selection.ts';
import { withProject } from '../session.ts';

/** Everything about one node: what it is, what it reads, what reads it, what of it is done. */
export const show: CommandBody<object> = (session, [selector = '']) =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const { manifest } = project;
    const id = oneNode(project, selector);
    const node = manifest.nodes[id] as ManifestNode;
    const [intervals] = await intervalsOf(project, [id]);
    const readers = manifest.edges.filter(({ from }) => from === node.id).map(({ to }) => to);
    if (isJson) {
      const { done = [], missing = [] } = intervals ?? {};
      const document = { ...node, readers, done: done.map(rangeJson), missing: missing.map(rangeJson) };
      terminal.print(JSON.stringify(document, null, 2));
    } else terminal.print(nodeText(node, readers, intervals, terminal.out));
    return 0;
  });

function nodeText(
  node: ManifestNode,
  readers: readonly string[],
  intervals: NodeIntervals | undefined,
  style: Style,
): string {
  const { color } = style;
  const { spec, place } = node;
  const timing = timingOf(node);
  const facts: (readonly [string, string])[] = [
    ['file', `${place.file}:${place.line}`],
    ['how', modeOf(node)],
    ['owner', node.owner ?? ''],
    ['tags', node.tags.join(', ')],
    ['schedule', scheduleText(node)],
    ['start', timing?.start == null ? '' : formatInstant(timing.start)],
    ['end', timing?.end == null ? '' : formatInstant(timing.end)],
    ['batch size', timing === null ? '' : (timing.batchSize?.toString() ?? '')],
    ['look-back', timing === null || timing.lookback === 0 ? '' : String(timing.lookback)],
    ['path', spec.kind === 'source' || spec.kind === 'exposure' ? spec.path : ''],
    [
      'reads',
      inputsOf(spec)
        .map(({ ref, reads }) => `${ref} (${readsText(reads)})`)
        .join(', '),
    ],
    ['read by', readers.join(', ')],
    [
      'columns',
      Object.entries(node.columns)
        .map(([name, type]) => `${name} ${type}`)
        .join(', '),
    ],
    ['checks', 'checks' in spec ? spec.checks.map(({ type }) => type).join(', ') : ''],
    ['reason', spec.kind === 'unsupported' ? spec.reason : ''],
    ['fingerprint', node.fingerprint],
    ...(intervals === undefined ? [] : doneFacts(intervals)),
  ];
  const lines = [color.bold(node.id), ...(node.description === null ? [] : [node.description]), ''];
  for (const [name, value] of facts) if (value !== '') lines.push(`  ${color.dim(name.padEnd(12))}${value}`);
  if (spec.kind === 'transform')
    lines.push(
      '',
      ...spec.sql.template
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    );
  return lines.join('\n');
}

function doneFacts({
  schedule: expression,
  timeZone,
  done,
  missing,
}: NodeIntervals): readonly (readonly [string, string])[] {
  if (expression === null) return [['done', done.some(isAllTime) ? 'yes' : 'not yet']];
  const ticks = schedule(expression, { timeZone: timeZone ?? 'UTC' });
  const told = (set: NodeIntervals['done']): string =>
    set.length === 0 ? 'none' : `${number(countIntervals(set, ticks))} (${rangeLines(set, 3).join(', ')})`;
  return [
    ['done', told(done)],
    ['missing', told(missing)],
  ];
}

function readsText(reads: ReturnType<typeof inputsOf>[number]['reads']): string {
  switch (reads.kind) {
    case 'interval':
      return 'the same interval';
    case 'back':
      return `and the ${reads.count} intervals before`;
    case 'all':
      return 'everything so far';
  }
}
