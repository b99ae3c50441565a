import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { findCycle, graph, withAncestors, withDescendants, type GraphNode } from './graph.ts';

/** Reads edges: `a>b b>c` is b reading a, and c reading b. */
function nodes(edges: string): GraphNode[] {
  const inputs = new Map<string, string[]>();
  const of = (id: string): string[] => inputs.get(id) ?? inputs.set(id, []).get(id) ?? [];
  for (const edge of edges.split(' ').filter(Boolean)) {
    const [from = '', to] = edge.split('>');
    of(from);
    if (to !== undefined) of(to).push(from);
  }
  return [...inputs].map(([id, list]) => ({ id, inputs: list }));
}

test.each([
  ['', ''],
  ['a', 'a'],
  ['a>b b>c', 'a b c'],
  ['c>b b>a', 'c b a'],
  ['b>d a>d c', 'a b c d'],
  ['a>b a>b', 'a b'],
  ['a>b b>a', ''],
  ['x a>b b>a b>c', 'x'],
])('%s stands in the order %s', (edges, order) => {
  expect(graph(nodes(edges)).order.join(' ')).toBe(order);
});

test.each([
  ['a>b b>c', null],
  ['a>a', 'a a'],
  ['a>b b>a', 'a b a'],
  ['a>b b>c c>a c>d', 'a b c a'],
  ['b>c c>b b>x x>y', 'b c b'],
])('the cycle of %s is %s', (edges, cycle) => {
  expect(findCycle(nodes(edges))?.join(' ') ?? null).toBe(cycle);
});

test('a chain of 100,000 nodes is ordered and searched without running out of stack', () => {
  const chain = Array.from({ length: 100_000 }, (_, i) => ({
    id: `n${i}`,
    inputs: i === 0 ? [] : [`n${i - 1}`],
  }));
  expect(graph(chain).order.length).toBe(100_000);
  expect(findCycle([...chain.slice(1), { id: 'n0', inputs: ['n99999'] }])?.length).toBe(100_001);
});

test('ancestors and descendants include the ids asked for, and leave out what no node has', () => {
  const of = graph([...nodes('a>b b>c b>d'), { id: 'e', inputs: ['nowhere', 'd'] }]);
  expect([...withAncestors(of, ['c'])].toSorted()).toEqual(['a', 'b', 'c']);
  expect([...withDescendants(of, ['b'])].toSorted()).toEqual(['b', 'c', 'd', 'e']);
  expect([...withAncestors(of, ['nowhere'])]).toEqual(['nowhere']);
});

test('every node of a random graph stands after what it reads, and a cycle is found exactly when some cannot', () => {
  const edge = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }));
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
      const list = Array.from({ length: 8 }, (_, i) => ({
        id: `n${i}`,
        inputs: edges.filter(([, to]) => to === i).map(([from]) => `n${from}`),
      }));
      const { order } = graph(list);
      for (const { id, inputs } of list) {
        if (order.includes(id))
          for (const input of inputs) expect(order.indexOf(input)).toBeLessThan(order.indexOf(id));
      }
      const cycle = findCycle(list);
      expect(cycle === null).toBe(order.length === list.length);
      for (let i = 1; i < (cycle?.length ?? 0); i += 1) {
        expect(list.find(({ id }) => id === cycle?.[i])?.inputs).toContain(cycle?.[i - 1]);
      }
    }),
  );
});
