import type { RowDifference, TestBench } from '@seeknal/engine-duckdb';
import {
  nearest,
  select as selectNodes,
  type NodeId,
  type Place,
  type TransformSpec,
} from '@seeknal/manifest';
import { TaskError } from '@seeknal/orchestrator-adapter';
import type { Project as LoadedProject, UnitTest } from '@seeknal/project';

import { SdkError } from './errors.ts';
import type { Surroundings } from './execution.ts';
import type { Session } from './session.ts';

export interface TestOptions {
  /** Names of tests, `*` for any characters; default: all. */
  readonly names?: readonly string[];
  /** Selectors of the nodes whose tests run; default: all. */
  readonly select?: readonly string[];
  /** Only tests of nodes that are not, themselves and all above them, as the environment shows them. */
  readonly affected?: boolean;
  /** Which environment; default `prod`. */
  readonly environment?: string;
  /** Tests at the same time; default 4. */
  readonly maxWorkers?: number;
  /** Aborting it interrupts what runs; the tests left are not run. */
  readonly signal?: AbortSignal;
  /** Called as each test ends. */
  readonly onResult?: (result: TestResult) => void;
}

export interface TestResult {
  readonly name: string;
  readonly node: NodeId;
  readonly place: Place;
  /** `error`: its SQL, or the rows given, could not be run. */
  readonly status: 'passed' | 'failed' | 'error';
  readonly difference: RowDifference | null;
  readonly error: unknown;
  readonly durationMs: number;
}

export interface TestReport {
  /** In order of file and place. */
  readonly tests: readonly TestResult[];
  /** Tests that were not asked for, or are not affected. */
  readonly left: number;
  readonly durationMs: number;
}

/**
 * Runs the tests of `tests/` in a DuckDB in memory: neither warehouse nor files are touched.
 *
 * @throws {ProjectError} `PROJECT_INVALID` when a test cannot be read.
 * @throws {SdkError} `SDK_TEST_UNKNOWN` for a name that no test has.
 */
export async function runUnitTests(
  loaded: Pick<LoadedProject, 'manifest' | 'settings'>,
  around: Surroundings,
  session: Session,
  options: TestOptions,
): Promise<TestReport> {
  const startedAt = performance.now();
  const { loadUnitTests } = await import('@seeknal/project');
  const all = await loadUnitTests(loaded.settings.folder, loaded.manifest);
  const wanted = await wantedTests(all, loaded, session, options);
  const results =
    wanted.length === 0 ? [] : await onBench((bench) => runAll(wanted, loaded, around, bench, options));
  return { tests: results, left: all.length - results.length, durationMs: performance.now() - startedAt };
}

async function onBench<T>(work: (bench: TestBench) => Promise<T>): Promise<T> {
  const { openTestBench } = await import('@seeknal/engine-duckdb');
  const bench = await openTestBench();
  try {
    return await work(bench);
  } finally {
    bench.close();
  }
}

async function wantedTests(
  all: readonly UnitTest[],
  { manifest }: Pick<LoadedProject, 'manifest'>,
  session: Session,
  { names = [], select = [], affected = false, environment = 'prod' }: TestOptions,
): Promise<readonly UnitTest[]> {
  const patterns = names.map((name) => {
    const pattern = new RegExp(`^${name.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`);
    if (all.some((each) => pattern.test(each.name))) return pattern;
    const near = nearest(
      name,
      all.map((each) => each.name),
    );
    throw SdkError.testUnknown(name, near);
  });
  const nodes = select.length === 0 ? null : selectNodes(manifest, select);
  const unchanged = affected ? await shownBy(environment, session) : null;
  return all.filter(({ name, node }) => {
    const isNamed = patterns.length === 0 || patterns.some((pattern) => pattern.test(name));
    const isSame = unchanged !== null && unchanged.get(node) === manifest.nodes[node]?.fingerprint;
    return isNamed && (nodes === null || nodes.has(node)) && !isSame;
  });
}

/** The fingerprints of what an environment shows: they hold everything above, too. */
async function shownBy(environment: string, session: Session): Promise<ReadonlyMap<NodeId, string>> {
  const { environments } = await (await session.state(await session.warehouse())).read();
  const pointers = Object.entries(environments[environment]?.pointers ?? {});
  return new Map(pointers.map(([node, { fingerprint }]) => [node, fingerprint]));
}

async function runAll(
  tests: readonly UnitTest[],
  loaded: Pick<LoadedProject, 'manifest' | 'settings'>,
  around: Surroundings,
  bench: TestBench,
  { maxWorkers = 4, signal, onResult }: TestOptions,
): Promise<readonly TestResult[]> {
  const results = new Map<UnitTest, TestResult>();
  const waiting = [...tests];
  const worker = async (): Promise<void> => {
    for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
      if (signal?.aborted === true) return;
      const result = await runTest(test, loaded, around, bench, signal);
      results.set(test, result);
      onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxWorkers, tests.length) }, worker));
  return tests.flatMap((test) => results.get(test) ?? []);
}

async function runTest(
  test: UnitTest,
  { manifest, settings }: Pick<LoadedProject, 'manifest' | 'settings'>,
  { now, env, params }: Surroundings,
  bench: TestBench,
  signal: AbortSignal | undefined,
): Promise<TestResult> {
  const startedAt = performance.now();
  const spec = manifest.nodes[test.node]?.spec as TransformSpec;
  const ended = (rest: Pick<TestResult, 'status' | 'difference' | 'error'>): TestResult => ({
    name: test.name,
    node: test.node,
    place: test.place,
    ...rest,
    durationMs: performance.now() - startedAt,
  });
  let placeOf: ((offset: number) => Place) | undefined;
  try {
    const { renderSql } = await import('@seeknal/project');
    const rendered = renderSql(spec.sql, {
      interval: test.interval,
      timeZone: spec.timing?.timeZone ?? settings.defaults.timeZone,
      params: { ...spec.params, ...(params as TransformSpec['params']), ...test.vars },
      inputs: spec.inputs,
      now: test.now ?? now,
      runId: 'test',
      env,
      project: settings.name,
      folder: settings.folder,
    });
    placeOf = rendered.placeOf;
    const difference = await bench.compare(
      {
        node: test.node,
        sql: rendered.sql,
        inputs: test.inputs,
        places: Object.fromEntries(spec.inputs.map(({ place, ref }) => [place, ref])),
        ...(spec.upsert !== undefined && { upsert: spec.upsert }),
        expected: test.expected,
      },
      signal,
    );
    const { absent, missing, unexpected } = difference;
    const isPassed = absent.length + missing.length + unexpected.length === 0;
    return ended({ status: isPassed ? 'passed' : 'failed', difference, error: null });
  } catch (error) {
    return ended({ status: 'error', difference: null, error: TaskError.of(error, test.name, placeOf) });
  }
}
