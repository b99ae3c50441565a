import { clearLine, cursorTo } from 'node:readline';

import type { Session } from '../session.ts';
import { codedError } from './coded-error.ts';
import { errorText } from './error-text.ts';
import { isCancelled, Progress, type Task, type TaskEvent } from './progress.ts';
import { logLines, taskName } from './progress-log.ts';
import { nodeLine, progressLine } from './progress-line.ts';

/** Tells people on stderr how a run goes on. */
export interface RunProgress {
  readonly progress: Progress;
  readonly hear: (event: TaskEvent) => void;
  /** Takes the line away that is drawn over. */
  readonly stop: () => void;
}

const REDRAW_MS = 100;

/**
 * On a terminal: a line a node once it is over, and one that is drawn over. Elsewhere, and under `CI`: a line
 * a change of state.
 */
export function runProgress(session: Session, tasks: readonly Task[]): RunProgress {
  const { terminal, io, isVerbose, folder } = session;
  const progress = new Progress(tasks, () => performance.now());
  const told = new Set<string>();
  const tellFailure = (event: TaskEvent): void => {
    if (event.type !== 'finished' || event.outcome.status !== 'failed') return;
    const { error } = event.outcome;
    const { message } = codedError(error);
    // Many intervals that fail in the same way are told about once.
    if (isCancelled(error) || told.has(`${event.task.node} ${message}`)) return;
    told.add(`${event.task.node} ${message}`);
    terminal.say(errorText(error, terminal.err, { isVerbose, folder, subject: taskName(event.task) }));
  };
  if (!terminal.err.isTerminal || (io.env['CI'] ?? '') !== '' || isVerbose) {
    const hear = (event: TaskEvent): void => {
      progress.hear(event);
      for (const line of logLines(event, progress, terminal.err)) terminal.say(line);
      tellFailure(event);
    };
    return { progress, hear, stop: () => {} };
  }
  const startedAt = performance.now();
  const stream = io.stderr as NodeJS.WritableStream;
  const clear = (): void => {
    cursorTo(stream, 0);
    clearLine(stream, 0);
  };
  const draw = (): void => {
    clear();
    io.stderr.write(progressLine(progress, performance.now() - startedAt, terminal.err));
  };
  const hear = (event: TaskEvent): void => {
    progress.hear(event);
    clear();
    tellFailure(event);
    if (event.type === 'retrying')
      for (const line of logLines(event, progress, terminal.err)) terminal.say(line);
    if (event.type === 'finished' && event.outcome.status === 'done') {
      for (const warning of event.outcome.warnings) {
        terminal.say(
          `${terminal.err.color.yellow(terminal.err.mark.warning)} ${taskName(event.task)}: ${warning}`,
        );
      }
    }
    for (const node of progress.nodes.values()) {
      if (node.over < node.tasks || told.has(node.node)) continue;
      told.add(node.node);
      const line = nodeLine(node, terminal.err);
      if (line !== null) terminal.say(line);
    }
    draw();
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    clear();
  };
  return { progress, hear, stop };
}
