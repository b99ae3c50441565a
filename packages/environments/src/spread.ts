/**
 * The places of a list in an order that spreads early picks over all of it: the last, the first, the middle,
 * then the middles of what is left.
 */
export function spread(length: number): readonly number[] {
  if (length === 0) return [];
  const order = length === 1 ? [0] : [length - 1, 0];
  let gaps: readonly (readonly [number, number])[] = [[0, length - 1]];
  while (gaps.length > 0) {
    const next: (readonly [number, number])[] = [];
    for (const [from, to] of gaps) {
      const middle = Math.floor((from + to) / 2);
      if (middle === from) continue;
      order.push(middle);
      next.push([from, middle], [middle, to]);
    }
    gaps = next;
  }
  return order;
}
