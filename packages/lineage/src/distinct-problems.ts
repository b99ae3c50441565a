import type { LineageProblem } from './query-lineage.ts';

/** Each problem once: a name that stands for an item as well as for a column is looked up twice. */
export function distinctProblems(problems: readonly LineageProblem[]): readonly LineageProblem[] {
  const found = new Map(
    problems.map((problem) => [`${problem.at} ${problem.code} ${problem.message}`, problem]),
  );
  return [...found.values()];
}
