import { differenceOf, EnvironmentError } from '@seeknal/environments';
import type { Plan } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';

import { optionsOf } from './asked.ts';
import type { Surroundings } from './execution.ts';
import { renew } from './renew.ts';
import type { RunReport } from './report.ts';
import { execute, runProject, type RunOptions } from './run-project.ts';
import { NO_WAREHOUSE, type Session } from './session.ts';
import { movesPointers } from './situation.ts';
import { verifiedSituation } from './verified-situation.ts';

export interface ApplyOptions extends Omit<
  RunOptions,
  'environment' | 'range' | 'full' | 'nodes' | 'tags' | 'excludeTags' | 'types' | 'select'
> {
  /** Where the plan is stale: plan anew from the same request, and apply that. */
  readonly force?: boolean;
}

/**
 * Applies a plan as it was shown. It is made anew at its own clock and compared: nothing of the plan given is
 * executed that the project, the state and the warehouse do not say again.
 *
 * @throws {EnvironmentError} `PLAN_STALE`, with what moved.
 */
export async function applyShown(
  shown: Plan,
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  { force = false, ...options }: ApplyOptions,
): Promise<RunReport> {
  const startedAt = performance.now();
  const emit = options.onEvent ?? (() => {});
  session.onEvent = emit;
  const { project } = shown;
  if (project !== loaded.settings.name) {
    throw EnvironmentError.stale(shown.environment, [
      `it is for the project ${project}, and this is ${loaded.settings.name}`,
    ]);
  }
  const asked = optionsOf(shown);
  // A warehouse that the plan was to make is made now; one that it knew is opened to be compared.
  await session.engine();
  const then: Surroundings = { ...around, now: shown.now };
  const situation = await verifiedSituation(loaded, session, then, asked).catch((error: unknown) => {
    // The selection names what is gone, say: the plan cannot be made again.
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code !== 'string') throw error;
    throw EnvironmentError.stale(shown.environment, [`it cannot be made again: ${String(message)}`]);
  });
  const { moved, notes } = differenceOf(shown, withWarehouse(situation.plan, shown));
  if (moved.length > 0 && !force) throw EnvironmentError.stale(shown.environment, moved);
  if (moved.length + notes.length > 0) emit({ type: 'difference', moved, notes });
  if (moved.length > 0) return runProject(loaded, around, session, { ...options, ...asked });
  emit({ type: 'planned', plan: situation.plan });
  const nothing = { runId: null, plan: situation.plan, job: null, switched: [], statements: 0, held: [] };
  if (situation.plan.tasks.length === 0 && !(await movesPointers(situation, session))) {
    const state = await session.state(situation.plan.warehouse);
    await renew(situation.environment, state, around.now, options.ttlHours);
    return { ...nothing, status: 'nothing_to_do', durationMs: performance.now() - startedAt };
  }
  if (options.confirm !== undefined && !(await options.confirm(situation.plan))) {
    return { ...nothing, status: 'not_confirmed', durationMs: performance.now() - startedAt };
  }
  const report = await execute(loaded, then, session, situation, { ...options, ...asked });
  return { ...report, durationMs: performance.now() - startedAt };
}

/** A plan that was made before its warehouse was is for whichever is made. */
const withWarehouse = (fresh: Plan, { warehouse }: Plan): Plan =>
  warehouse === NO_WAREHOUSE ? { ...fresh, warehouse } : fresh;
