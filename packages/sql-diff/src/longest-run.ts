/**
 * The places of a longest ascending run among distinct numbers, as places in the list: what need not move to
 * bring the list into order. O(n log n).
 */
export function longestRun(numbers: readonly number[]): ReadonlySet<number> {
  // ends[k]: the place of the smallest number that ends a run of k + 1.
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  numbers.forEach((number, at) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle] as number]! < number) low = middle + 1;
      else high = middle;
    }
    before[at] = ends[low - 1];
    ends[low] = at;
  });
  const run = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = before[at]) run.add(at);
  return run;
}
