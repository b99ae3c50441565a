import type { NodeId } from '@seeknal/manifest';
import type { JobResult, TaskEvent } from '@seeknal/orchestrator-adapter';
import type { Plan } from '@seeknal/plan';

/** What a caller hears while a run goes on. */
export type RunEvent =
  | { readonly type: 'planned'; readonly plan: Plan }
  /** Kept rows whose inputs turned out to have moved: they are planned and run once more. */
  | { readonly type: 'moved'; readonly nodes: readonly NodeId[] }
  | { readonly type: 'repaired'; readonly recorded: number; readonly rebuilt: number }
  /** Environments whose pointers were made those that the warehouse shows. */
  | { readonly type: 'recovered'; readonly environments: readonly string[] }
  /** A plan that is applied differs from what was shown: why it is made anew, and what changes nothing. */
  | { readonly type: 'difference'; readonly moved: readonly string[]; readonly notes: readonly string[] }
  | { readonly type: 'fresh_warehouse'; readonly previous: string }
  /** Nodes whose rows came from what the Python seeknal left. */
  | { readonly type: 'taken_over'; readonly nodes: readonly NodeId[] }
  | TaskEvent;

/** How a run ended. */
export interface RunReport {
  readonly runId: string | null;
  /** `not_confirmed`: the caller did not want it once it saw the plan. */
  readonly status: 'not_confirmed' | 'nothing_to_do' | 'success' | 'partial' | 'failed' | 'cancelled';
  readonly plan: Plan;
  readonly job: JobResult | null;
  /** Nodes whose views changed. */
  readonly switched: readonly NodeId[];
  /** Statements that make, replace or drop something in the warehouse, tasks left out. */
  readonly statements: number;
  /** Nodes that the environment shows as before, with the reason. */
  readonly held: readonly { readonly node: NodeId; readonly reason: string }[];
  readonly durationMs: number;
}
