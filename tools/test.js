/**
 * Runs the tests of all packages and apps in one jest: `fast` with coverage, or `slow`, the
 * `*.slow.test.ts` files, whose amount of work is scaled by SEEKNAL_SLOW_SCALE (1 is all of it).
 * The last line is the plain count.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, scratch } from './command.js';
import { coverageHolds } from './coverage.js';

const [suite = 'fast', ...rest] = process.argv.slice(2);
const results = join(scratch, `${suite}-results.json`);
const coverage = join(scratch, 'coverage');
const fast = [
  '--maxWorkers=100%',
  '--coverage',
  `--coverageDirectory=${coverage}`,
  '--coverageReporters=json-summary',
  '--coverageReporters=json',
];
const slow = ['--runInBand', '--testMatch=<rootDir>/**/src/**/*.slow.test.ts', '--testTimeout=1800000'];

mkdirSync(scratch, { recursive: true });
rmSync(results, { force: true });
rmSync(coverage, { recursive: true, force: true });
// What jest calls an array option takes the words after it: the caller's go first.
const code = run(
  'jest',
  [
    ...rest,
    ...(rest.length > 0 ? [] : ['--passWithNoTests']),
    '--json',
    `--outputFile=${results}`,
    ...(suite === 'slow' ? slow : fast),
  ],
  {
    env: {
      NODE_OPTIONS: [
        process.env.NODE_OPTIONS,
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
      ]
        .filter(Boolean)
        .join(' '),
      SEEKNAL_SLOW_SCALE: process.env.SEEKNAL_SLOW_SCALE || '1',
    },
  },
);
// A part of the tests, chosen by further arguments, says nothing about coverage.
const covered = suite === 'slow' || rest.length > 0 || code === 130 || coverageHolds(coverage);
console.log(count());
process.exit(code === 0 && !covered ? 1 : code);

/** A test file that could not even be loaded counts as one failure. */
function count() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } =
      JSON.parse(readFileSync(results, 'utf8'));
    const skipped = numPendingTests + numTodoTests;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  } catch {
    return '0 passed, 1 failed'; // jest ended before it wrote a result
  }
}
