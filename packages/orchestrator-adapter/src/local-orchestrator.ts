import type { Task } from '@seeknal/plan';

import { TaskError } from './errors.ts';
import type { Job, JobResult, Orchestrator, TaskOutcome, Wait } from './orchestrator.ts';
import { UnfinishedTasks } from './unfinished.ts';

/** How often a task may find that something moved under it before that counts as its failure. */
const AGAIN_LIMIT = 20;

/**
 * Runs tasks in this process: each starts as soon as nothing unfinished overlaps what it waits for, at most
 * `maxWorkers` at a time, earlier nodes and intervals first.
 */
export const localOrchestrator = (): Orchestrator => ({
  name: 'local',
  run: (job) => new LocalRun(job).run(),
});

interface Mutable {
  done: Task[];
  unchanged: Task[];
  failed: { task: Task; error: unknown }[];
  skipped: { task: Task; because: string }[];
  cancelled: Task[];
}

class LocalRun {
  readonly #job: Job;
  readonly #unfinished = new Map<string, UnfinishedTasks>();
  readonly #failed = new Map<string, { task: Task; because: string }[]>();
  /** Tasks to look at, in the order they should start. */
  #ready: Task[] = [];
  /** A waiting task stands behind one task that it waits for, and is looked at again when that one ends. */
  readonly #behind = new Map<Task, Task[]>();
  readonly #held: Task[] = [];
  readonly #running = new Map<Task, Promise<void>>();
  readonly #runningOf = new Map<string, number>();
  readonly #repetitions = new Map<string, number>();
  readonly #rank = new Map<string, number>();
  readonly #result: Mutable = { done: [], unchanged: [], failed: [], skipped: [], cancelled: [] };
  #wake: () => void = () => {};

  constructor(job: Job) {
    this.#job = job;
    for (const { node } of job.tasks) if (!this.#rank.has(node)) this.#rank.set(node, this.#rank.size);
    this.#enter(job.tasks);
  }

  async run(): Promise<JobResult> {
    for (;;) {
      if (this.#job.signal.aborted) break;
      this.#start();
      if (this.#running.size === 0 && this.#ready.length === 0) break;
      await this.#somethingEnds();
    }
    await Promise.all(this.#running.values());
    for (const of of this.#unfinished.values()) this.#result.cancelled.push(...of.all());
    return this.#result;
  }

  #somethingEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#job.signal.removeEventListener('abort', this.#wake);
        resolve();
      };
      this.#job.signal.addEventListener('abort', this.#wake, { once: true });
    });
  }

  #enter(tasks: readonly Task[]): void {
    const bySnapshot = new Map<string, Task[]>();
    for (const task of tasks) {
      const of = bySnapshot.get(task.snapshot);
      if (of === undefined) bySnapshot.set(task.snapshot, [task]);
      else of.push(task);
    }
    for (const [snapshot, of] of bySnapshot) {
      const known = this.#unfinished.get(snapshot) ?? new UnfinishedTasks();
      known.addAll(of);
      this.#unfinished.set(snapshot, known);
    }
    this.#ready.push(...tasks);
    this.#sortReady();
  }

  #sortReady(): void {
    const rank = (task: Task): number => this.#rank.get(task.node) ?? Number.MAX_SAFE_INTEGER;
    this.#ready.sort((a, b) => rank(a) - rank(b) || a.range.start - b.range.start);
  }

  /** Starts what can start; what cannot is put behind the task it waits for. */
  #start(): void {
    const later: Task[] = [];
    let isAtLimit = false;
    for (const task of this.#ready) {
      if (isAtLimit || this.#running.size >= this.#job.maxWorkers) {
        isAtLimit = true;
        later.push(task);
        continue;
      }
      const waits = this.#job.waits(task);
      const failed = this.#failedAmong(waits);
      if (failed !== undefined) {
        this.#skip(task, failed);
        continue;
      }
      const blocker = this.#blocker(task, waits);
      if (blocker !== undefined) {
        const behind = this.#behind.get(blocker);
        if (behind === undefined) this.#behind.set(blocker, [task]);
        else behind.push(task);
      } else if ((this.#runningOf.get(task.node) ?? 0) >= (this.#job.concurrency(task.node) ?? Infinity)) {
        later.push(task);
      } else {
        this.#launch(task);
      }
    }
    this.#ready = later;
    // A skip can free tasks that stood behind the skipped one.
    if (this.#held.length > 0) {
      this.#ready.push(...this.#held.splice(0));
      this.#sortReady();
      this.#start();
    }
  }

  #failedAmong(waits: readonly Wait[]): { task: Task; because: string } | undefined {
    for (const { snapshot, range } of waits) {
      const failed = this.#failed
        .get(snapshot)
        ?.find(({ task }) => task.range.start < range.end && task.range.end > range.start);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  #blocker(task: Task, waits: readonly Wait[]): Task | undefined {
    for (const { snapshot, range } of waits) {
      const blocker = this.#unfinished.get(snapshot)?.overlapping(range, task);
      if (blocker !== undefined) return blocker;
    }
    for (const other of this.#running.keys()) {
      const isSame = other.snapshot === task.snapshot;
      if (isSame && other.range.start < task.range.end && other.range.end > task.range.start) return other;
    }
    return undefined;
  }

  #skip(task: Task, { because }: { because: string }): void {
    this.#result.skipped.push({ task, because });
    this.#job.onEvent({ type: 'skipped', task, because });
    this.#fail(task, because);
  }

  #fail(task: Task, because: string): void {
    const failed = this.#failed.get(task.snapshot);
    if (failed === undefined) this.#failed.set(task.snapshot, [{ task, because }]);
    else failed.push({ task, because });
    this.#finish(task);
  }

  #finish(task: Task): void {
    this.#unfinished.get(task.snapshot)?.finish(task);
    const freed = this.#behind.get(task);
    if (freed === undefined) return;
    this.#behind.delete(task);
    this.#held.push(...freed);
  }

  #launch(task: Task): void {
    this.#runningOf.set(task.node, (this.#runningOf.get(task.node) ?? 0) + 1);
    const ended = this.#attempt(task).then((outcome) => {
      this.#running.delete(task);
      this.#runningOf.set(task.node, (this.#runningOf.get(task.node) ?? 1) - 1);
      this.#settle(task, outcome);
      this.#ready.push(...this.#held.splice(0));
      this.#sortReady();
      this.#wake();
    });
    this.#running.set(task, ended);
  }

  async #attempt(task: Task): Promise<TaskOutcome> {
    const { signal, retries, onEvent, backoffMs = 500 } = this.#job;
    for (let attempt = 1; ; attempt += 1) {
      onEvent({ type: 'started', task, attempt });
      const startedAt = performance.now();
      const outcome = await this.#job
        .execute(task, signal)
        .catch((error: unknown): TaskOutcome => ({ status: 'failed', error, mayPass: false }));
      const isLast = outcome.status !== 'failed' || !outcome.mayPass || attempt > retries || signal.aborted;
      if (isLast) {
        onEvent({ type: 'finished', task, durationMs: performance.now() - startedAt, outcome });
        return outcome;
      }
      // Half of the wait is left to chance, so that workers that failed together do not come back together.
      const inMs = Math.round(Math.min(60_000, backoffMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2));
      onEvent({ type: 'retrying', task, reason: messageOf(outcome.error), inMs });
      await pause(inMs, signal);
    }
  }

  #settle(task: Task, outcome: TaskOutcome): void {
    const { signal } = this.#job;
    switch (outcome.status) {
      case 'done':
        this.#result.done.push(task);
        this.#add(outcome.added);
        this.#finish(task);
        return;
      case 'unchanged':
        this.#result.unchanged.push(task);
        this.#finish(task);
        return;
      case 'again':
        this.#repeat(task, outcome);
        return;
      case 'failed':
        if (signal.aborted) {
          this.#result.cancelled.push(task);
          this.#finish(task);
          return;
        }
        this.#result.failed.push({ task, error: outcome.error });
        this.#fail(task, task.id);
    }
  }

  #repeat(task: Task, { reason, added }: Extract<TaskOutcome, { status: 'again' }>): void {
    const count = (this.#repetitions.get(task.id) ?? 0) + 1;
    this.#repetitions.set(task.id, count);
    if (count > AGAIN_LIMIT) {
      this.#result.failed.push({ task, error: TaskError.gaveUp(task.id, AGAIN_LIMIT, reason) });
      this.#fail(task, task.id);
      return;
    }
    this.#add(added);
    this.#held.push(task);
  }

  /** Leaves out what an unstarted task covers already. */
  #add(tasks: readonly Task[]): void {
    const fresh = tasks.filter((task) => {
      const pending = this.#unfinished.get(task.snapshot)?.overlapping(task.range);
      return !(
        pending !== undefined &&
        !this.#running.has(pending) &&
        pending.range.start <= task.range.start &&
        pending.range.end >= task.range.end
      );
    });
    if (fresh.length === 0) return;
    this.#job.onEvent({ type: 'added', tasks: fresh });
    this.#enter(fresh);
  }
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    signal.addEventListener('abort', end, { once: true });
  });
}
