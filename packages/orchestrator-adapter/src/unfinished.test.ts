import { expect, test } from '@jest/globals';
import type { Task } from '@seeknal/plan';
import fc from 'fast-check';

import { UnfinishedTasks } from './unfinished.ts';

const task = (start: number, end: number): Task => ({
  id: `${start}-${end}`,
  node: 'a',
  snapshot: 'a',
  action: 'build',
  range: { start, end },
  intervals: 1,
});

test('answers as a plain list would, whatever is added and finished in between', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), starts: fc.array(fc.nat({ max: 30 }), { maxLength: 4 }) }),
    fc.record({ do: fc.constant('finish' as const), at: fc.nat({ max: 40 }) }),
    fc.record({
      do: fc.constant('ask' as const),
      start: fc.nat({ max: 30 }),
      length: fc.integer({ min: 1, max: 6 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const unfinished = new UnfinishedTasks();
      let plain: Task[] = [];
      for (const each of steps) {
        if (each.do === 'add') {
          // As the orchestrator has them: cut by one schedule, so that they never overlap.
          const fresh = [...new Set(each.starts)]
            .map((start) => task(start * 2, start * 2 + 2))
            .filter(({ id }) => plain.every((other) => other.id !== id));
          unfinished.addAll(fresh);
          plain.push(...fresh);
        } else if (each.do === 'finish') {
          const ended = plain[each.at % Math.max(1, plain.length)];
          if (ended !== undefined) unfinished.finish(ended);
          plain = plain.filter((other) => other !== ended);
        } else {
          const [start, end] = [each.start * 2, each.start * 2 + each.length];
          const expected = plain
            .filter(({ range }) => range.start < end && range.end > start)
            .toSorted((a, b) => a.range.start - b.range.start);
          expect(unfinished.overlapping({ start, end })?.id).toBe(expected[0]?.id);
          expect(unfinished.overlapping({ start, end }, expected[0])?.id).toBe(expected[1]?.id);
        }
      }
      expect([...unfinished.all()].map(({ id }) => id).toSorted()).toEqual(
        plain.map(({ id }) => id).toSorted(),
      );
    }),
  );
});

test('finishing what is not there does nothing', () => {
  const unfinished = new UnfinishedTasks();
  unfinished.finish(task(0, 1));
  expect([...unfinished.all()]).toEqual([]);
});
