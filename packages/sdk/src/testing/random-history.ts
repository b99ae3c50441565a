import { expect } from '@jest/globals';

import type { ProjectFolder } from './project-folder.ts';

/** A generator with a memory of where it began: a failed history can be told again. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Promotes an environment. Says `done`, or why it is refused: prod moved meanwhile, or lacks rows otherwise. */
export async function promoted(folder: ProjectFolder, now: number, environment: string): Promise<string> {
  try {
    const { isDone } = await folder.using(now, (project) => project.environments.promote(environment));
    return isDone ? 'done' : 'not done';
  } catch (error) {
    const { code } = error as { readonly code?: string };
    expect(['ENVIRONMENT_MOVED', 'ENVIRONMENT_GAPS']).toContain(code);
    return String(code);
  }
}
