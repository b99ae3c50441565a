import { canonicalJson, sha256 } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';

/** The plan that moves names and runs nothing; what is due stays due. */
export function withoutTasks(plan: Plan): Plan {
  const { id: _, createdAt, ...body } = plan;
  const nodes = body.nodes.map((node) => ({ ...node, missing: [], maybe: [], intervals: 0, tasks: 0 }));
  const summary = { ...body.summary, backfill: 0, tasks: 0, intervals: 0 };
  const without = { ...body, nodes, tasks: [], invalidations: [], forks: [], summary };
  return { ...without, id: sha256(canonicalJson(without as never)).slice(0, 16), createdAt };
}
