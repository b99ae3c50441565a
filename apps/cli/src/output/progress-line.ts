import { count, duration, number } from './numbers.ts';
import type { NodeProgress, Progress } from './progress.ts';
import type { Style } from './style.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const PLAIN_FRAMES = ['|', '/', '-', '\\'];

/** The line that is drawn over while a run goes on; never wider than the terminal. */
export function progressLine(progress: Progress, elapsedMs: number, style: Style): string {
  const { nodesOver, nodes, intervals, intervalsOver, rows, running } = progress;
  const frames = style.mark.ellipsis === '…' ? FRAMES : PLAIN_FRAMES;
  const frame = frames[Math.floor(elapsedMs / 100) % frames.length] ?? '';
  const parts = [
    `${nodesOver}/${nodes.size} nodes`,
    `${number(intervalsOver)}/${number(intervals)} intervals`,
    `${number(rows)} rows`,
    duration(elapsedMs),
  ];
  const left = estimateMs(progress, elapsedMs);
  if (left !== null) parts.push(`about ${duration(left)} left`);
  const now = [...new Set(running.values())].toSorted().join(', ');
  const text = `${parts.join('  ')}${now === '' ? '' : `  ${now}`}`;
  const most = style.width - 3;
  const cut = text.length > most ? `${text.slice(0, Math.max(0, most - 3))}${style.mark.ellipsis}` : text;
  return `${style.color.cyan(frame)} ${cut}`;
}

/** Milliseconds left if what is to come goes like what is over; null while too little is over to tell. */
export function estimateMs({ intervals, intervalsOver, tasks }: Progress, elapsedMs: number): number | null {
  if (tasks.over < 3 || elapsedMs < 1000 || intervalsOver >= intervals) return null;
  return (elapsedMs / intervalsOver) * (intervals - intervalsOver);
}

/** The line that stays when a node is over; null where its failure was told already. */
export function nodeLine(node: NodeProgress, { color, mark }: Style): string | null {
  const { failed, skipped, tasks, intervals, rows, hasIntervals } = node;
  if (failed > 0) {
    return tasks === 1
      ? null
      : `${color.red(mark.failed)} ${node.node}  ${failed} of ${count(tasks, 'task')} failed`;
  }
  if (skipped > 0)
    return `${color.yellow('-')} ${node.node}  ${color.dim('skipped: something it reads failed')}`;
  if (intervals === 0) return `${color.dim('-')} ${node.node}  ${color.dim('nothing to do')}`;
  const parts = [
    ...(hasIntervals ? [count(intervals, 'interval')] : []),
    ...(rows > 0 ? [count(rows, 'row')] : []),
    duration(node.endedAt - node.startedAt),
  ];
  return `${color.green(mark.ok)} ${node.node}  ${color.dim(parts.join('  '))}`;
}
