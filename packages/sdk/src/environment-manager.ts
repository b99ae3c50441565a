import { EnvironmentManager, PRODUCTION } from '@seeknal/environments';
import type { Plan } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';

import type { ApplyOptions } from './apply-plan.ts';
import { forgetEnvironment, keptEnvironments } from './environment-folder.ts';
import type { Surroundings } from './execution.ts';
import { manifestContext } from './manifest-context.ts';
import type { RunReport } from './report.ts';
import type { Session } from './session.ts';
import type { PlanOptions } from './situation.ts';

/** The environments of an open project. */
export function environmentManager(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  project: {
    plan(options: PlanOptions): Promise<Plan>;
    apply(what: string | Plan, options: ApplyOptions): Promise<RunReport>;
  },
): EnvironmentManager<PlanOptions, ApplyOptions, RunReport> {
  const state = async () => session.state(await session.warehouse());
  return new EnvironmentManager<PlanOptions, ApplyOptions, RunReport>({
    now: around.now,
    state,
    engine: () => session.engine(),
    plan: ({ name, base }, options) =>
      project.plan({ ...(base !== PRODUCTION && { from: base }), ...options, environment: name }),
    apply: (what, options = {}) => project.apply(what, options),
    context: async (manifest, environment) =>
      manifestContext(manifest, environment, await (await state()).read(), loaded, around),
    kept: () => keptEnvironments(session.target),
    forget: (name) => forgetEnvironment(session.target, name),
  });
}
