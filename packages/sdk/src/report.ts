import type { NodeId } from '@seeknal/manifest';
import type { JobResult, TaskEvent } from '@seeknal/orchestrator-adapter';
import type { Plan } from '@seeknal/plan';

/** What a caller hears while a run goes on. */
export type RunEvent =
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'repaired'; readonly recorded: number; readonly rebuilt: number }
  | { readonly type: 'fresh_warehouse'; readonly previous: string }
  | TaskEvent;

/** How a run ended. */
export interface RunReport {
  readonly runId: string | null;
  readonly status: 'nothing_to_do' | 'success' | 'partial' | 'failed' | 'cancelled';
  readonly plan: Plan;
  readonly job: JobResult | null;
  /** Nodes whose views changed. */
  readonly switched: readonly NodeId[];
  /** Nodes that the environment shows as before, with the reason. */
  readonly held: readonly { readonly node: NodeId; readonly reason: string }[];
  readonly durationMs: number;
}
