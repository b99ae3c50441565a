import type { Commit, DataDiffOptions, QueryOptions, QueryResult } from '@seeknal/engine';
import {
  checkEnvironmentName,
  EnvironmentError,
  PRODUCTION,
  type EnvironmentManager,
} from '@seeknal/environments';
import { difference, type Instant, type Interval } from '@seeknal/intervals';
import type { ManifestLineage } from '@seeknal/lineage';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';
import type { Problem, Project as LoadedProject, ProjectSettings } from '@seeknal/project';
import type { IntervalEvent, RunRecord, ScopedState } from '@seeknal/state';

import { applyShown, type ApplyOptions } from './apply-plan.ts';
import { auditProject, type AuditOptions, type NodeAudit } from './audits.ts';
import { keepPlan } from './environment-folder.ts';
import { environmentManager } from './environment-manager.ts';
import type { EnvironmentsDataDiff } from './data-diff.ts';
import type { Surroundings } from './execution.ts';
import {
  markComplete,
  markRestated,
  openRestatements,
  takeBack,
  type NodeStretch,
  type Restatement,
  type Statement,
} from './history.ts';
import type { ProjectDiff } from './project-diff.ts';
import type { ProjectLineageOptions } from './project-lineage.ts';
import { renew } from './renew.ts';
import type { RunReport } from './report.ts';
import { runProject, type RunOptions } from './run-project.ts';
import { Session } from './session.ts';
import { runUnitTests, type TestOptions, type TestReport } from './unit-tests.ts';
import { situationOf, wantedBy, type PlanOptions, type Situation } from './situation.ts';
import { verifiedSituation } from './verified-situation.ts';

/** A node's intervals: what it should have, what it has. */
export interface NodeIntervals {
  readonly node: NodeId;
  /** Null: one interval, all of time. */
  readonly schedule: string | null;
  readonly timeZone: string | null;
  readonly wanted: readonly Interval[];
  readonly done: readonly Interval[];
  readonly missing: readonly Interval[];
}

/** An open project: plans, runs and queries it. Close it when done. */
export class Project {
  readonly settings: ProjectSettings;
  readonly manifest: Manifest;
  readonly warnings: readonly Problem[];
  /** The one clock of everything that is asked. */
  readonly now: Instant;
  readonly #loaded: LoadedProject;
  readonly #around: Surroundings;
  readonly #session: Session;
  #environments: EnvironmentManager<PlanOptions, ApplyOptions, RunReport> | undefined;

  constructor(loaded: LoadedProject, around: Surroundings & { readonly waitMs: number }) {
    this.settings = loaded.settings;
    this.manifest = loaded.manifest;
    this.warnings = loaded.warnings;
    this.now = around.now;
    this.#loaded = loaded;
    this.#around = around;
    this.#session = new Session(loaded.settings, around.waitMs, around.env);
  }

  /** What a run would do now. Opens the warehouse only when its file is not the one that was left. */
  async plan(options: PlanOptions = {}): Promise<Plan> {
    const { plan, environment } = await verifiedSituation(this.#loaded, this.#session, this.#around, options);
    await renew(environment, await this.#session.state(plan.warehouse), this.now);
    return plan;
  }

  /** Keeps a plan as the newest one of its environment, below `target/environments`. */
  keepPlan(plan: Plan): Promise<void> {
    return keepPlan(this.#session.target, plan);
  }

  /** Plans, applies, promotes and removes environments. */
  get environments(): EnvironmentManager<PlanOptions, ApplyOptions, RunReport> {
    this.#environments ??= environmentManager(this.#loaded, this.#around, this.#session, this);
    return this.#environments;
  }

  /**
   * Applies the project to an environment; or a plan, as it was shown.
   *
   * @throws {EnvironmentError} `PLAN_STALE` when something moved since the plan was made.
   */
  apply(what: string | Plan, options: ApplyOptions & PlanOptions = {}): Promise<RunReport> {
    if (typeof what === 'string') {
      return runProject(this.#loaded, this.#around, this.#session, { ...options, environment: what });
    }
    return applyShown(what, this.#loaded, this.#around, this.#session, options);
  }

  /**
   * Plans and applies the working tree to `prod`, or to the environment named, in one step. Where nothing is to be done neither the engine
   * nor a parser is loaded.
   */
  run(options: RunOptions = {}): Promise<RunReport> {
    return runProject(this.#loaded, this.#around, this.#session, options);
  }

  /** How the project's files differ from what an environment holds. Runs nothing. */
  async diff(environment: string): Promise<ProjectDiff> {
    const { diffWithEnvironment } = await import('./project-diff.ts');
    return diffWithEnvironment(this.manifest, this.#session, environment);
  }

  /**
   * How the rows that two environments show differ: of one node, or of every node whose snapshots differ. Where
   * both stand for one table, it is not opened.
   *
   * @param node A name, or `kind.name`; null: all.
   * @param options Keys that are not given are those of an upsert that both sides have.
   * @throws {SdkError} `SDK_NODE_UNKNOWN`, `SDK_NODE_NOT_SHOWN`.
   * @throws {EnvironmentError} `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`.
   */
  async diffData(
    a: string,
    b: string,
    node: string | null = null,
    options: DataDiffOptions = {},
  ): Promise<EnvironmentsDataDiff> {
    const { diffAllData, diffNodeData } = await import('./data-diff.ts');
    const of = { session: this.#session, now: this.now };
    return node === null ? diffAllData(of, a, b, options) : diffNodeData(of, a, b, node, options);
  }

  /** Where every column comes from and goes to: of the SQL as it is, over the tables as they were built. */
  async lineage(options: ProjectLineageOptions = {}): Promise<ManifestLineage> {
    const { projectLineage } = await import('./project-lineage.ts');
    const state = await this.#session.state(await this.#session.warehouse());
    return projectLineage(this.manifest, await state.read(), this.#session.target, options);
  }

  /** Runs the tests of `tests/` in memory; see `TestOptions`. Neither warehouse nor files are touched. */
  test(options: TestOptions = {}): Promise<TestReport> {
    return runUnitTests(this.#loaded, this.#around, this.#session, options);
  }

  /** Runs the checks that the project declares over the rows that are there. Writes nothing. */
  audit(options: AuditOptions = {}): Promise<readonly NodeAudit[]> {
    return auditProject(this.#loaded, this.#around, this.#session, options);
  }

  /**
   * Rows of a SELECT over the views of `prod`, or of the environment named.
   *
   * @throws {EnvironmentError} `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_NAME_INVALID`.
   */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const { environment = PRODUCTION } = options;
    if (environment !== PRODUCTION) {
      const state = await this.#session.state(await this.#session.warehouse());
      const { environments } = await state.read();
      checkEnvironmentName(environment, Object.keys(environments));
      if (environments[environment] === undefined) {
        throw EnvironmentError.unknown(environment, Object.keys(environments));
      }
      await renew(environments[environment], state, this.now);
    }
    return (await this.#session.engine()).query(sql, options);
  }

  /** What every node that can run should have and has, in topological order. */
  async intervals(options: PlanOptions = {}): Promise<readonly NodeIntervals[]> {
    const situation = await this.#situation(options);
    const wanted = wantedBy(situation, this.now, situation.range);
    return [...situation.resolved]
      .filter(([id]) => situation.selected === null || situation.selected.has(id))
      .map(([id, { snapshot, record }]) => ({
        node: id,
        schedule: snapshot.schedule?.expression ?? null,
        timeZone: snapshot.schedule?.timeZone ?? null,
        wanted: wanted(id),
        done: record?.done ?? [],
        missing: difference(wanted(id), record?.done ?? []),
      }));
  }

  /**
   * Marks stretches to be run again: the nodes' own and everything downstream that was made from them. They
   * are missing from now on; the next run fills them.
   *
   * @throws {SdkError} `SDK_OUTSIDE_HISTORY` when a node that was named has nothing in the range.
   */
  restate(statement: Statement): Promise<readonly NodeStretch[]> {
    return this.#stating((situation, state) =>
      markRestated(statement, this.manifest, situation, state, this.now),
    );
  }

  /** Restated stretches that have not been run since, oldest first. */
  restatements(): Promise<readonly Restatement[]> {
    return this.#stating((situation, state) => openRestatements(situation, state));
  }

  /**
   * Takes restatements back: what was only marked, and not run since, counts as done again with the rows
   * that it has. Without selectors all are taken back.
   */
  clearRestatements(nodes: readonly string[]): Promise<readonly NodeStretch[]> {
    return this.#stating((situation, state) => takeBack(nodes, this.manifest, situation, state, this.now));
  }

  /**
   * Counts stretches as done on the caller's word, without running anything: only whole intervals inside
   * the range, in the nodes' own schedules. They are run after all when what they read changes later, the
   * first load of a file included.
   *
   * @throws {SdkError} `SDK_NO_WHOLE_INTERVAL` when the range holds none of a node that was named.
   */
  async complete(statement: Statement): Promise<readonly NodeStretch[]> {
    // What is noted belongs to a warehouse: one that is not there yet is made.
    await this.#session.engine();
    return this.#stating((situation, state) =>
      markComplete(statement, this.manifest, situation, state, this.now),
    );
  }

  /** What the warehouse says was committed, in order of table and time: the truth that the state is a copy of. */
  async ledger(): Promise<readonly Commit[]> {
    return (await this.#session.engine()).commits();
  }

  /** The newest runs first. */
  async runs(limit = 20): Promise<readonly RunRecord[]> {
    return (await this.#session.backend()).listRuns(limit);
  }

  /** What happened to the intervals of the project, newest first. */
  async events(limit = 100): Promise<readonly IntervalEvent[]> {
    const state = await this.#session.state(await this.#session.warehouse());
    return state.events({ limit });
  }

  /** Interrupts what runs and gives everything back. */
  close(): Promise<void> {
    return this.#session.close();
  }

  #situation(options: PlanOptions): Promise<Situation> {
    return situationOf(this.#loaded, this.#session, this.now, options);
  }

  async #stating<T>(say: (situation: Situation, state: ScopedState) => Promise<T>): Promise<T> {
    const situation = await this.#situation({});
    return say(situation, await this.#session.state(situation.plan.warehouse));
  }
}
