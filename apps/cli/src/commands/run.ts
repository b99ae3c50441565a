import type { Plan } from '@seeknal/plan';
import type { PlanOptions, Project, RunEvent, RunOptions, RunReport } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { orInterrupted } from '../interrupted.ts';
import { nothingToDo, planText } from '../output/plan-text.ts';
import { taskName } from '../output/progress-log.ts';
import { eventJson, STREAM_VERSION, summaryJson } from '../output/run-json.ts';
import { runProgress, type RunProgress } from '../output/run-progress.ts';
import { runHeader, runSummary, type GraphSize } from '../output/run-text.ts';
import { warnOfRefuted } from '../output/verified-text.ts';
import type { CommandBody } from '../program.ts';
import { planOptions, type SelectionFlags } from '../selection.ts';
import { withProject, type Session } from '../session.ts';
import { withDates, type DateFlags } from './run-dates.ts';
import { restatedElsewhere, restatedOptions } from './run-restated.ts';

export interface RunFlags extends Omit<SelectionFlags, 'restate'>, DateFlags {
  readonly dryRun?: boolean;
  readonly showPlan?: boolean;
  readonly parallel?: boolean;
  readonly maxWorkers?: number;
  readonly continueOnError?: boolean;
  readonly retry?: number;
  readonly restate?: boolean;
}

/** Plans and runs; with `--dry-run` or `--show-plan` only plans. */
export const run: CommandBody<RunFlags> = async (session, selectors, given) => {
  const flags = withDates(given);
  return withProject(
    session,
    async (project) => {
      const asked = await planOptions(selectors, flags, session, project);
      const isPlanOnly = flags.dryRun === true || flags.showPlan === true;
      const options = flags.restate === true ? await restatedBy(project, asked, session, isPlanOnly) : asked;
      if (options === null) return nothingRestated(session);
      if (!isPlanOnly) return execute(project, options, session, flags);
      showPlan(await project.plan(options), session, flags.dryRun ?? false);
      return 0;
    },
    { params: flags.params, showsPlan: true },
  );
};

/** Outside `prod` nothing is marked before it is run. */
const restatedBy = (...asked: Parameters<typeof restatedOptions>): ReturnType<typeof restatedOptions> => {
  const [, options] = asked;
  const isProduction = (options.environment ?? 'prod') === 'prod';
  return isProduction ? restatedOptions(...asked) : Promise.resolve(restatedElsewhere(options));
};

function nothingRestated({ terminal, isJson }: Session): ExitCode {
  if (isJson) {
    terminal.print(JSON.stringify(STREAM_VERSION));
    terminal.print(JSON.stringify({ type: 'summary', status: 'nothing_to_do', runId: null, exitCode: 0 }));
  } else terminal.print('Nothing is restated.');
  return 0;
}

/** Prints a plan instead of running it. */
export function showPlan(plan: Plan, { terminal, isJson }: Session, withTasks: boolean): void {
  if (isJson) {
    terminal.print(JSON.stringify(STREAM_VERSION));
    terminal.print(JSON.stringify(eventJson({ type: 'planned', plan })));
    return;
  }
  warnOfRefuted(plan, terminal);
  terminal.print(planText(plan, terminal.out));
  if (withTasks) for (const task of plan.tasks) terminal.print(`  ${task.action} ${taskName(task)}`);
}

/** How something is run that is not simply the project on `prod`. */
export interface Start {
  /** Whether the whole plan is shown first, not only what runs. */
  readonly showsPlan: boolean;
  readonly start: (
    hooks: Pick<RunOptions, 'signal' | 'onEvent' | 'confirm' | 'maxWorkers' | 'retries'>,
  ) => Promise<RunReport>;
}

/** Runs, printing what happens. */
export async function execute(
  project: Project,
  options: PlanOptions,
  session: Session,
  {
    maxWorkers,
    retry,
    full = false,
    continueOnError = false,
  }: Pick<RunFlags, 'maxWorkers' | 'retry' | 'full' | 'continueOnError'>,
  { start, showsPlan: isShown }: Start = {
    start: (hooks) => project.run({ ...options, ...hooks }),
    showsPlan: false,
  },
): Promise<ExitCode> {
  const { nodes, edges } = project.manifest;
  const graph = { nodes: Object.keys(nodes).length, edges: edges.length };
  const listener = session.isJson ? jsonListener(session) : textListener(session, graph, full, isShown);
  const { signal, release } = session.io.interruption();
  let isPlanned = false;
  const work = start({
    ...(maxWorkers !== undefined && { maxWorkers }),
    ...(retry !== undefined && { retries: retry }),
    signal,
    onEvent: (event) => {
      isPlanned ||= event.type === 'planned';
      listener.hear(event);
    },
  });
  let report: RunReport;
  try {
    // Once tasks run they are interrupted one by one; before, there is nothing to be careful of.
    report = await orInterrupted(work, signal, () => !isPlanned);
  } finally {
    listener.stop();
    release();
  }
  const exitCode = exitCodeOf(report, continueOnError);
  listener.end(report, exitCode);
  return exitCode;
}

function exitCodeOf({ status }: RunReport, continueOnError: boolean): ExitCode {
  switch (status) {
    case 'nothing_to_do':
    case 'success':
      return 0;
    case 'not_confirmed':
      return 1;
    case 'partial':
      return continueOnError ? 3 : 1;
    case 'failed':
      return 1;
    case 'cancelled':
      return 130;
  }
}

interface Listener {
  readonly hear: (event: RunEvent) => void;
  readonly stop: () => void;
  readonly end: (report: RunReport, exitCode: ExitCode) => void;
}

function jsonListener({ terminal }: Session): Listener {
  const print = (line: object): void => terminal.print(JSON.stringify(line));
  print(STREAM_VERSION);
  return {
    hear: (event) => print(eventJson(event)),
    stop: () => {},
    end: (report, exitCode) => print(summaryJson(report, exitCode)),
  };
}

function textListener(session: Session, graph: GraphSize, isFull: boolean, showsPlan: boolean): Listener {
  const { terminal } = session;
  const { color, mark } = terminal.err;
  let running: RunProgress | undefined;
  const hear = (event: RunEvent): void => {
    switch (event.type) {
      case 'planned':
        warnOfRefuted(event.plan, terminal);
        terminal.print(
          showsPlan ? planText(event.plan, terminal.out) : runHeader(event.plan, graph, isFull, terminal.out),
        );
        if (event.plan.tasks.length > 0) running = runProgress(session, event.plan.tasks);
        return;
      case 'difference':
        for (const what of event.moved)
          terminal.say(`${color.yellow(mark.warning)} The plan is stale: ${what}`);
        for (const note of event.notes) terminal.say(`${color.cyan(mark.info)} ${note}`);
        if (event.moved.length > 0) terminal.say('It is made anew:');
        return;
      case 'moved':
        terminal.say(
          `${color.cyan(mark.info)} Rows that were to be kept moved meanwhile: ${event.nodes.join(', ')} is planned once more`,
        );
        return;
      case 'recovered':
        terminal.say(
          `${color.cyan(mark.info)} An interrupted switch was finished: ${event.environments.join(', ')}`,
        );
        return;
      case 'repaired': {
        const done = event.rebuilt > 0 ? `rebuilt ${event.rebuilt}` : `recorded ${event.recorded}`;
        terminal.say(`${color.cyan(mark.info)} The state was behind the warehouse: ${done} from its ledger.`);
        return;
      }
      case 'taken_over':
        terminal.say(
          `${color.cyan(mark.info)} Taken over from the Python project: ${event.nodes.join(', ')}`,
        );
        return;
      case 'fresh_warehouse':
        terminal.say(
          `${color.yellow(mark.warning)} The warehouse is gone; this run begins with an empty one.`,
        );
        return;
      default:
        running?.hear(event);
    }
  };
  return { hear, stop: () => running?.stop(), end: (report) => tellEnd(session, report, running) };
}

function tellEnd({ terminal }: Session, report: RunReport, running: RunProgress | undefined): void {
  const { out, err, print, say } = terminal;
  if (report.status === 'cancelled') {
    const done = report.job?.done.length ?? 0;
    const all = running?.progress.tasks.all ?? 0;
    say(`${err.color.yellow(err.mark.warning)} Interrupted. ${done} of ${all} tasks are finished and kept.`);
    say(`  ${err.mark.hint} seeknal run goes on from there.`);
    return;
  }
  print('');
  if (running === undefined) {
    print(
      report.status === 'nothing_to_do' ? nothingToDo(out) : `${out.color.green(out.mark.ok)} Views updated`,
    );
    return;
  }
  print(`${out.color.green(out.mark.ok)} State saved`);
  print(runSummary(report, running.progress, out));
  const { environment } = report.plan;
  if (environment === 'prod' || report.status !== 'success') return;
  print(
    `  ${out.mark.hint} look at it: the views of ${environment} are those of prod with __${environment}, such as transform__${environment}.…`,
  );
  print(`  ${out.mark.hint} make it prod's: seeknal promote ${environment}`);
}
