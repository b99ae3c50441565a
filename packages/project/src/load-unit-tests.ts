import type { Manifest, Place } from '@seeknal/manifest';

import { ProjectError } from './errors.ts';
import type { Findings } from './problem.ts';
import { filesUnder, readSource } from './project-files.ts';
import type { UnitTest } from './unit-test.ts';

/** The folder of the tests, in the project. */
export const TESTS_FOLDER = 'tests';

/**
 * The tests of a project's transforms: every YAML file below `tests/`, each a mapping from names to tests.
 * In order of file and place. Parsers are loaded only where there is a file.
 *
 * @throws {ProjectError} `PROJECT_INVALID` with every problem of every file.
 */
export async function loadUnitTests(folder: string, manifest: Manifest): Promise<readonly UnitTest[]> {
  const findings: Findings = { problems: [], warnings: [] };
  const tests: UnitTest[] = [];
  const seen = new Map<string, Place>();
  const paths = await filesUnder(folder, TESTS_FOLDER, /\.ya?ml$/i);
  if (paths.length === 0) return tests;
  const [{ yamlFile }, { unitTestsIn }] = await Promise.all([
    import('./yaml-file.ts'),
    import('./unit-test-file.ts'),
  ]);
  for (const path of paths) {
    const source = await readSource(folder, path, findings);
    const file = source === null ? null : yamlFile(source, findings);
    if (file !== null) tests.push(...unitTestsIn(file, manifest, seen, findings));
  }
  if (findings.problems.length > 0) throw ProjectError.invalid(findings.problems);
  return tests;
}
