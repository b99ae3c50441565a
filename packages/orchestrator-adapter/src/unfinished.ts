import type { Interval } from '@seeknal/intervals';
import type { Task } from '@seeknal/plan';

/**
 * The unfinished tasks of one snapshot, by start. Tasks are asked for by overlap and taken out one by one;
 * runs of finished ones are jumped over, so that neither costs more than O(log n) on average.
 */
export class UnfinishedTasks {
  #tasks: Task[] = [];
  /** Index of the next entry that may be unfinished; itself where it is. */
  #next: number[] = [];
  /** Where each unfinished task stands. */
  #at = new Map<Task, number>();

  addAll(tasks: readonly Task[]): void {
    this.#tasks = [...this.#at.keys(), ...tasks].toSorted((a, b) => a.range.start - b.range.start);
    this.#at = new Map(this.#tasks.map((task, at) => [task, at]));
    this.#next = [...this.#tasks.keys()];
  }

  finish(task: Task): void {
    const at = this.#at.get(task);
    if (at === undefined) return;
    this.#at.delete(task);
    this.#next[at] = at + 1;
  }

  /** The first unfinished task that overlaps the range and that `except` does not name. */
  overlapping(range: Interval, except?: Task): Task | undefined {
    let at = this.#unfinishedFrom(this.#firstEndingAfter(range.start));
    while (at < this.#tasks.length) {
      const task = this.#tasks[at] as Task;
      if (task.range.start >= range.end) return undefined;
      if (task !== except && task.range.end > range.start) return task;
      at = this.#unfinishedFrom(at + 1);
    }
    return undefined;
  }

  all(): Iterable<Task> {
    return this.#at.keys();
  }

  /** Tasks of one snapshot rarely overlap, so the one before the first later start is far enough back. */
  #firstEndingAfter(instant: number): number {
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tasks[middle] as Task).range.end <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #unfinishedFrom(index: number): number {
    let at = index;
    while (at < this.#tasks.length && (this.#next[at] as number) !== at) at = this.#next[at] as number;
    // Path compression: the next search from here lands at once.
    for (let i = index; i < at;) {
      const following = this.#next[i] as number;
      this.#next[i] = at;
      i = following;
    }
    return at;
  }
}
