import { duration, number } from './numbers.ts';
import { isCancelled, type Progress, type Task, type TaskEvent } from './progress.ts';
import { rangeText } from './ranges.ts';
import type { Style } from './style.ts';

/** `transform.daily 2024-01-01 to 2024-01-08`. */
export const taskName = ({ node, range }: Task): string => `${node} ${rangeText(range)}`.trimEnd();

/** The lines that a change of state is told in where nothing can be drawn over: one a change. */
export function logLines(event: TaskEvent, progress: Progress, style: Style): readonly string[] {
  const { color, mark } = style;
  if (event.type === 'added') return [];
  const { task } = event;
  const at = `${progress.numberOf(task)}/${progress.tasks.all}: ${taskName(task)}`;
  switch (event.type) {
    case 'started':
      return [`${at} [RUNNING]${event.attempt > 1 ? ` attempt ${event.attempt}` : ''}`];
    case 'retrying':
      return [`${at} ${color.yellow('RETRYING')} in ${duration(event.inMs)}: ${event.reason}`];
    case 'skipped':
      return [`${at} ${color.yellow('SKIPPED')} because ${event.because} failed`];
    case 'finished': {
      const { outcome, durationMs } = event;
      const took = `in ${duration(durationMs)}`;
      switch (outcome.status) {
        case 'unchanged':
          return [`${at} [CACHED]`];
        case 'again':
          return [`${at} AGAIN: ${outcome.reason}`];
        case 'failed':
          return [`${at} ${isCancelled(outcome.error) ? 'INTERRUPTED' : color.red('FAILED')} ${took}`];
        case 'done':
          return [
            `${at} ${color.green('SUCCESS')} ${took}${outcome.rows > 0 ? `  Rows: ${number(outcome.rows)}` : ''}`,
            ...outcome.warnings.map(
              (warning) => `${color.yellow(mark.warning)} ${taskName(task)}: ${warning}`,
            ),
            ...(outcome.dropped > 0
              ? [
                  `${color.yellow(mark.warning)} ${taskName(task)}: ${number(outcome.dropped)} rows out of range dropped`,
                ]
              : []),
          ];
      }
    }
  }
}
