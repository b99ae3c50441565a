import { expect, test } from '@jest/globals';

import type { RunOptions } from '../run-project.ts';
import type { ProjectFolder } from './project-folder.ts';
import { hasCases } from './sqlmesh-cases.ts';

/** A test that is skipped where the cases are not there. */
export const withCases: typeof test.skip = hasCases ? test : test.skip;

/** Noon of the sixth of January 2024: after everything that the cases speak of. */
export const NOW: number = Date.UTC(2024, 0, 6, 12);

export async function run(
  folder: ProjectFolder,
  environment: string,
  options: RunOptions = {},
): Promise<void> {
  const { status } = await folder.using(NOW, (project) => project.run({ ...options, environment }));
  expect(['success', 'nothing_to_do']).toContain(status);
}
