/** A line of two texts beside each other: in both, or only in one. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Beyond this many cells of the table that finds the longest common part, what differs is told as a whole. */
const CELLS = 4_000_000;

/**
 * The lines of two texts with what was taken away and what was added, the longest common part kept. What the
 * texts share at their ends costs nothing; the rest costs old × new.
 */
export function lineDiff(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const rest = Math.min(old.length, now.length) - head;
  while (tail < rest && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const kept = (text: string): DiffLine => ({ sign: ' ', text });
  return [
    ...old.slice(0, head).map(kept),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map(kept),
  ];
}

function middle(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const isSmall = (old.length + 1) * (now.length + 1) <= CELLS;
  return isSmall ? byCommonLines(old, now) : asWhole(old, now);
}

const asWhole = (old: readonly string[], now: readonly string[]): readonly DiffLine[] => [
  ...old.map((text): DiffLine => ({ sign: '-', text })),
  ...now.map((text): DiffLine => ({ sign: '+', text })),
];

function byCommonLines(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const width = now.length + 1;
  // common[i * width + j]: the most lines that old from i on and now from j on have in common.
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      const skipped = Math.max(common[at + width] as number, common[at + 1] as number);
      common[at] = old[i] === now[j] ? 1 + (common[at + width + 1] as number) : skipped;
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      lines.push({ sign: ' ', text: old[i] as string });
      i += 1;
      j += 1;
    } else if ((common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number)) {
      lines.push({ sign: '-', text: old[i] as string });
      i += 1;
    } else {
      lines.push({ sign: '+', text: now[j] as string });
      j += 1;
    }
  }
  return [...lines, ...asWhole(old.slice(i), now.slice(j))];
}
