import type { NodeId } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';
import type { RunEvent } from '@seeknal/sdk';

/** Everything about the tasks of a run: those planned, and those that came in while it went on. */
export type TaskEvent = Extract<RunEvent, { readonly type: 'started' | 'finished' | 'retrying' | 'added' | 'skipped' }>;
export type Task = Plan['tasks'][number];

/** Where one node of a run stands. */
export interface NodeProgress {
  readonly node: NodeId;
  tasks: number;
  over: number;
  failed: number;
  intervals: number;
  rows: number;
  warnings: number;
  /** Milliseconds that its tasks took, added up. */
  workMs: number;
}

/** A run in numbers, as its events make them. */
export class Progress {
  readonly nodes = new Map<NodeId, NodeProgress>();
  readonly running = new Set<string>();
  readonly #numbers = new Map<string, number>();
  intervals = 0;
  intervalsOver = 0;
  rows = 0;

  constructor(tasks: readonly Task[]) {
    for (const task of tasks) this.#expect(task);
  }

  /** Tasks that are over, of all that are known. */
  get tasks(): { readonly over: number; readonly all: number } {
    let over = 0;
    let all = 0;
    for (const node of this.nodes.values()) {
      over += node.over;
      all += node.tasks;
    }
    return { over, all };
  }

  /** Nodes with nothing left to run. */
  get nodesOver(): number {
    return [...this.nodes.values()].filter(({ over, tasks }) => over >= tasks).length;
  }

  /** The order in which a task started, from 1: stays with it when it is repeated. */
  numberOf(task: Task): number {
    const number = this.#numbers.get(task.id) ?? this.#numbers.size + 1;
    this.#numbers.set(task.id, number);
    return number;
  }

  of(id: NodeId): NodeProgress {
    let node = this.nodes.get(id);
    if (node === undefined) {
      node = { node: id, tasks: 0, over: 0, failed: 0, intervals: 0, rows: 0, warnings: 0, workMs: 0 };
      this.nodes.set(id, node);
    }
    return node;
  }

  hear(event: TaskEvent): void {
    switch (event.type) {
      case 'started':
        this.numberOf(event.task);
        this.running.add(event.task.id);
        return;
      case 'added':
        for (const task of event.tasks) this.#expect(task);
        return;
      case 'retrying':
        this.running.delete(event.task.id);
        return;
      case 'skipped':
        this.#over(event.task);
        return;
      case 'finished':
        this.#finish(event);
    }
  }

  #expect(task: Task): void {
    this.of(task.node).tasks += 1;
    this.intervals += task.intervals;
  }

  #over(task: Task): void {
    this.running.delete(task.id);
    this.of(task.node).over += 1;
    this.intervalsOver += task.intervals;
  }

  #finish({ task, outcome, durationMs }: Extract<TaskEvent, { readonly type: 'finished' }>): void {
    const node = this.of(task.node);
    node.workMs += durationMs;
    if (outcome.status === 'again') {
      this.running.delete(task.id);
      return;
    }
    this.#over(task);
    if (outcome.status === 'failed') node.failed += 1;
    if (outcome.status !== 'done') return;
    node.intervals += task.intervals;
    node.rows += outcome.rows;
    node.warnings += outcome.warnings.length;
    this.rows += outcome.rows;
  }
}
