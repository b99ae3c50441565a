import type { NodeId } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';
import type { RunEvent } from '@seeknal/sdk';

import { codedError } from './coded-error.ts';
import { isAllTime } from './ranges.ts';

/** Everything about the tasks of a run: those planned, and those that came in while it went on. */
export type TaskEvent = Extract<
  RunEvent,
  { readonly type: 'started' | 'finished' | 'retrying' | 'added' | 'skipped' }
>;
export type Task = Plan['tasks'][number];

/** Where one node of a run stands. */
export interface NodeProgress {
  readonly node: NodeId;
  tasks: number;
  over: number;
  failed: number;
  skipped: number;
  intervals: number;
  rows: number;
  warnings: number;
  /** Whether its tasks have intervals to count: a node without a schedule has one, all of time. */
  hasIntervals: boolean;
  /** When its first task started and its last one ended, on the clock given; 0 before. */
  startedAt: number;
  endedAt: number;
}

/** Whether a task stopped because it was asked to: no failure of its own. */
export const isCancelled = (error: unknown): boolean => codedError(error).code === 'ENGINE_CANCELLED';

/** A run in numbers, as its events make them. */
export class Progress {
  readonly nodes: Map<NodeId, NodeProgress> = new Map();
  /** Tasks that run right now: id to node. */
  readonly running: Map<string, NodeId> = new Map();
  readonly #clock: () => number;
  readonly #numbers = new Map<string, number>();
  intervals = 0;
  intervalsOver = 0;
  /** Rows written into tables; those of files, checks and exports are not counted again. */
  rows = 0;

  /** @param clock Milliseconds, to tell how long nodes took. */
  constructor(tasks: readonly Task[], clock: () => number) {
    this.#clock = clock;
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
      const none = { tasks: 0, over: 0, failed: 0, skipped: 0, intervals: 0, rows: 0, warnings: 0 };
      node = { node: id, ...none, hasIntervals: false, startedAt: 0, endedAt: 0 };
      this.nodes.set(id, node);
    }
    return node;
  }

  hear(event: TaskEvent): void {
    switch (event.type) {
      case 'started':
        this.numberOf(event.task);
        this.running.set(event.task.id, event.task.node);
        this.of(event.task.node).startedAt ||= this.#clock();
        return;
      case 'added':
        for (const task of event.tasks) this.#expect(task);
        return;
      case 'retrying':
        this.running.delete(event.task.id);
        return;
      case 'skipped':
        this.#over(event.task);
        this.of(event.task.node).skipped += 1;
        return;
      case 'finished':
        this.#finish(event);
    }
  }

  #expect(task: Task): void {
    const node = this.of(task.node);
    node.tasks += 1;
    node.hasIntervals ||= !isAllTime(task.range);
    this.intervals += task.intervals;
  }

  #over(task: Task): void {
    this.running.delete(task.id);
    this.of(task.node).over += 1;
    this.intervalsOver += task.intervals;
  }

  #finish({ task, outcome }: Extract<TaskEvent, { readonly type: 'finished' }>): void {
    const node = this.of(task.node);
    node.endedAt = this.#clock();
    if (outcome.status === 'again') {
      this.running.delete(task.id);
      return;
    }
    this.#over(task);
    if (outcome.status === 'failed' && !isCancelled(outcome.error)) node.failed += 1;
    if (outcome.status !== 'done') return;
    node.intervals += task.intervals;
    node.rows += outcome.rows;
    node.warnings += outcome.warnings.length;
    if (task.action === 'build') this.rows += outcome.rows;
  }
}
