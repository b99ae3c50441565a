import type { Engine } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { EnvironmentRecord, Plan, StateView } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import { cleanUp, type CleanUp, type CleanUpOptions } from './clean-up.ts';
import { checkEnvironmentName, PRODUCTION } from './environment-name.ts';
import {
  environmentOf,
  environmentPlan,
  expiry,
  isExpired,
  type Environment,
  TTL_HOURS,
  type EnvironmentConfig,
  type EnvironmentPlan,
  type KeptEnvironment,
} from './environment.ts';
import { EnvironmentError } from './errors.ts';
import { foundationText, parseFoundation, type Foundation } from './foundation.ts';
import { promotion, type Promotion } from './promotion.ts';
import { switchEnvironment } from './switch-environment.ts';
import { viewsOf, type ViewContext } from './views.ts';

/** What the views of a stored manifest are made from, and what its nodes want. */
export type ManifestContext = ViewContext & {
  readonly wanted: (node: NodeId) => readonly { readonly start: number; readonly end: number }[];
};

/** What a manager needs of the project it manages: its state, its warehouse, and how to plan and apply it. */
export interface EnvironmentHost<PlanOptions, ApplyOptions, Report> {
  /** The one clock of everything that is asked. */
  readonly now: Instant;
  readonly state: () => Promise<ScopedState>;
  /** Opening it has made state and warehouse agree. */
  readonly engine: () => Promise<Engine>;
  readonly plan: (config: EnvironmentConfig, options: PlanOptions | undefined) => Promise<Plan>;
  readonly apply: (what: string | Plan, options: ApplyOptions | undefined) => Promise<Report>;
  readonly context: (manifest: Manifest, environment: EnvironmentRecord) => Promise<ManifestContext>;
  /** What is kept of environments beside the state, those included that were only planned. */
  readonly kept: () => Promise<readonly KeptEnvironment[]>;
  /** Forgets what was kept of an environment outside the state and the warehouse. */
  readonly forget: (environment: string) => Promise<void>;
}

export interface PromoteOptions {
  /** Also when the target moved since the source was applied. */
  readonly force?: boolean;
  /** Also when the target loses rows by it. */
  readonly allowGaps?: boolean;
  /** Called with what is about to be done; anything but true leaves everything as it is. */
  readonly confirm?: (promotion: Promotion) => boolean | Promise<boolean>;
}

export interface Switched {
  /** The environment as it is now. */
  readonly environment: EnvironmentRecord | null;
  /** Nodes whose views changed. */
  readonly switched: readonly NodeId[];
  /** Statements that make, replace or drop something in the warehouse. */
  readonly statements: number;
  /** False: there was nothing to do, or it was not confirmed. */
  readonly isDone: boolean;
}

/** Plans, applies, promotes and removes the environments of one project. */
export class EnvironmentManager<PlanOptions, ApplyOptions, Report> {
  readonly #host: EnvironmentHost<PlanOptions, ApplyOptions, Report>;

  constructor(host: EnvironmentHost<PlanOptions, ApplyOptions, Report>) {
    this.#host = host;
  }

  /** What applying the project to an environment would do; one that is not there starts from `prod`. */
  async plan(environment: string | EnvironmentConfig, options?: PlanOptions): Promise<EnvironmentPlan> {
    const config =
      typeof environment === 'string'
        ? { name: environment, base: PRODUCTION, ttlHours: TTL_HOURS }
        : environment;
    const plan = await this.#host.plan(config, options);
    return environmentPlan(plan, expiry(config.name, this.#host.now, config.ttlHours));
  }

  /**
   * Runs what is missing and points the environment at it.
   *
   * @param what A name, planned anew; or a plan, applied as it was shown or refused.
   * @throws {EnvironmentError} `PLAN_STALE` when something moved since the plan was made.
   */
  apply(what: string | Plan | EnvironmentPlan, options?: ApplyOptions): Promise<Report> {
    const plan = typeof what === 'object' && 'plan' in what ? what.plan : what;
    return this.#host.apply(plan, options);
  }

  /** Oldest first, `prod` before all. */
  async listEnvironments(): Promise<readonly Environment[]> {
    const view = await (await this.#host.state()).read();
    const kept = new Map((await this.#host.kept()).map((each) => [each.name, each]));
    const made = Object.values(view.environments).map((record) =>
      environmentOf(record, view, this.#host.now, kept.get(record.name)?.plan ?? null),
    );
    const planned = [...kept.values()]
      .filter(({ name }) => view.environments[name] === undefined)
      .map((each) => onlyKept(each, this.#host.now));
    const rank = ({ name }: Environment): number => (name === PRODUCTION ? 0 : 1);
    return [...made, ...planned].toSorted((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt);
  }

  /** What promoting would do; nothing is done. */
  async promotion(source: string, target: string = PRODUCTION): Promise<Promotion> {
    return (await this.#promotion(source, target)).promotion;
  }

  /**
   * Points one environment at what another shows. No task runs and no row is written.
   *
   * @throws {EnvironmentError} `ENVIRONMENT_MOVED`, `ENVIRONMENT_GAPS`, `ENVIRONMENT_INCOMPLETE`,
   *   `ENVIRONMENT_EXPIRED`, `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_SAME`.
   */
  async promote(
    source: string,
    target: string = PRODUCTION,
    { force = false, allowGaps = false, confirm = () => true }: PromoteOptions = {},
  ): Promise<Switched & { readonly promotion: Promotion }> {
    const engine = await this.#host.engine();
    const epochs = await engine.epochs();
    const { promotion: of, view, record, foundation } = await this.#promotion(source, target);
    if (of.incomplete.length > 0 && !allowGaps) throw EnvironmentError.incomplete(source, of.incomplete);
    if (!force && (of.moved === null || of.moved.length > 0)) {
      throw EnvironmentError.moved(source, target, of.moved ?? []);
    }
    if (!allowGaps && of.gaps.length > 0) throw EnvironmentError.gaps(source, target, of.gaps);
    const before = view.environments[target] ?? null;
    const isNothing = of.changes.length === 0 && before !== null;
    if (isNothing || !(await confirm(of))) {
      return { promotion: of, environment: before, switched: [], statements: 0, isDone: false };
    }
    const { environment, changed, statements } = await this.#show(target, before, of.pointers, view, {
      record,
      foundation,
      text: foundation === null ? null : foundationText(foundation),
      epochs,
    });
    return { promotion: of, environment, switched: changed, statements, isDone: true };
  }

  /**
   * Points an environment at what it showed before its newest change.
   *
   * @throws {EnvironmentError} `ENVIRONMENT_NO_WAY_BACK` when that is not there any more.
   */
  async rollback(
    name: string = PRODUCTION,
    {
      confirm = () => true,
    }: { readonly confirm?: (changes: Promotion['changes']) => boolean | Promise<boolean> } = {},
  ): Promise<Switched & { readonly changes: Promotion['changes'] }> {
    const engine = await this.#host.engine();
    const epochs = await engine.epochs();
    const state = await this.#host.state();
    const view = await state.read();
    const record = this.#known(name, view);
    const { previous, previousManifest = null } = record;
    if (previous === null)
      throw EnvironmentError.noWayBack(name, 'nothing of before its newest change is kept');
    const lost = Object.entries(previous).filter(([, { snapshot }]) => isLost(view, snapshot));
    if (lost.length > 0) {
      throw EnvironmentError.noWayBack(name, `the table of ${lost[0]?.[0]} has been dropped since`);
    }
    const text = previousManifest === null ? null : await state.manifest(previousManifest);
    const foundation = parseFoundation(text);
    const back: EnvironmentRecord = { ...record, pointers: previous };
    const { changes } = promotion(
      { ...view, environments: { [name]: record } },
      { ...back, name: '' },
      name,
      foundation,
      () => [],
    );
    if (changes.length === 0 || !(await confirm(changes))) {
      return { changes, environment: record, switched: [], statements: 0, isDone: false };
    }
    const { environment, changed, statements } = await this.#show(name, record, previous, view, {
      record: back,
      foundation,
      text: text === null ? null : { id: previousManifest as string, text },
      epochs,
    });
    return { changes, environment, switched: changed, statements, isDone: true };
  }

  /** Removes an environment's views and forgets it; its tables go when nothing refers to them any more. */
  async delete(name: string): Promise<void> {
    checkEnvironmentName(name, [name]);
    if (name === PRODUCTION) throw EnvironmentError.protected(name, 'deleted');
    const state = await this.#host.state();
    const kept = (await this.#host.kept()).some((each) => each.name === name);
    const record = (await state.read()).environments[name];
    if (record === undefined && !kept) this.#known(name, await state.read());
    if (record !== undefined) {
      const engine = await this.#host.engine();
      await engine.removeViews(name);
      await state.removeEnvironment({ name, expectedEpoch: record.epoch });
    }
    await this.#host.forget(name);
  }

  /** The same, under the name that the Python tool has. */
  deleteEnvironment(name: string): Promise<void> {
    return this.delete(name);
  }

  /**
   * Removes expired environments, then the tables that nothing refers to and nothing has for the grace period.
   * With `isDryRun` it only says what it would remove.
   */
  async cleanupExpired(options: CleanUpOptions = {}): Promise<CleanUp> {
    const [engine, state] = [await this.#host.engine(), await this.#host.state()];
    const cleaned = await cleanUp(engine, state, this.#host.now, options);
    if (options.isDryRun !== true) {
      for (const name of cleaned.environments) await this.#host.forget(name);
    }
    return cleaned;
  }

  /** @throws {EnvironmentError} `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_NAME_INVALID`. */
  #known(name: string, { environments }: StateView): EnvironmentRecord {
    checkEnvironmentName(name, Object.keys(environments));
    const record = environments[name];
    if (record === undefined) throw EnvironmentError.unknown(name, Object.keys(environments));
    return record;
  }

  async #promotion(
    source: string,
    target: string,
  ): Promise<{
    readonly promotion: Promotion;
    readonly view: StateView;
    readonly record: EnvironmentRecord;
    readonly foundation: Foundation | null;
  }> {
    const state = await this.#host.state();
    const view = await state.read();
    const record = this.#known(source, view);
    checkEnvironmentName(target, Object.keys(view.environments));
    if (source === target) throw EnvironmentError.same(source);
    if (isExpired(record, this.#host.now)) {
      throw EnvironmentError.expired(source, record.expiresAt as number);
    }
    const id = record.manifest ?? null;
    const foundation = parseFoundation(id === null ? null : await state.manifest(id));
    const wanted =
      foundation === null ? () => [] : (await this.#host.context(foundation.manifest, record)).wanted;
    return { promotion: promotion(view, record, target, foundation, wanted), view, record, foundation };
  }

  async #show(
    name: string,
    before: EnvironmentRecord | null,
    pointers: EnvironmentRecord['pointers'],
    view: StateView,
    from: {
      readonly record: EnvironmentRecord;
      readonly foundation: Foundation | null;
      readonly text: { readonly id: string; readonly text: string } | null;
      readonly epochs: { readonly [environment: string]: number };
    },
  ): ReturnType<typeof switchEnvironment> {
    const { now, context } = this.#host;
    const [engine, state] = [await this.#host.engine(), await this.#host.state()];
    const empty: ViewContext = { resolved: new Map(), render: noTemplate, loaded: new Map() };
    const own = from.foundation === null ? empty : await context(from.foundation.manifest, from.record);
    const earlier = async (): Promise<readonly ViewContext[]> => {
      const id = before?.manifest ?? null;
      const stored = parseFoundation(id === null ? null : await state.manifest(id));
      return stored === null || before === null ? [] : [await context(stored.manifest, before)];
    };
    return switchEnvironment(
      { engine, state },
      {
        name,
        record: before,
        pointers,
        views: await viewsOf(pointers, view, own, earlier),
        foundation: from.text,
        at: now,
        expiresAt: expiry(name, now),
        epochs: from.epochs,
      },
    );
  }
}

const noTemplate = (): never => {
  throw new Error('there is no manifest to take a template from');
};

const isLost = ({ snapshots }: StateView, id: string): boolean =>
  snapshots[id] === undefined || snapshots[id].dropping === true;

const onlyKept = (kept: KeptEnvironment, now: Instant): Environment => ({
  ...kept,
  switchedAt: kept.createdAt,
  isExpired: isExpired(kept, now),
  epoch: 0,
  nodes: 0,
  differing: 0,
  hasWayBack: false,
});
