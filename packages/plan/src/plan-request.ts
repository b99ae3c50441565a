import type { Interval } from '@seeknal/intervals';
import type { JsonObject, Manifest, NodeId, Renames } from '@seeknal/manifest';

import type { Outside } from './due.ts';
import type { Invalidation, PlannedFork, SaidCategory, Verified } from './plan.ts';
import type { NodeImpact } from './reuse/node-impact.ts';
import type { Proof, SnapshotId, StateView } from './snapshot.ts';

/** Everything a plan is a function of. */
export interface PlanRequest {
  readonly manifest: Manifest;
  readonly state: StateView;
  readonly environment: string;
  /** The warehouse's id, or a word for one that does not exist yet. */
  readonly warehouse: string;
  /** The one clock of the command. */
  readonly now: number;
  /** The range asked for; null: everything wanted up to now. */
  readonly range: Interval | null;
  /** Nodes that may run; null: all. */
  readonly select: ReadonlySet<NodeId> | null;
  /** Run what is done again, too. */
  readonly full: boolean;
  /** What was found of sources' files and exposures' exports. */
  readonly outside: { readonly [node: NodeId]: Outside };
  /** What else is to be said of nodes in their lines. */
  readonly notes?: { readonly [node: NodeId]: readonly string[] };
  /**
   * Snapshots that `prod` shows and fills: another environment reads what they have, waits for the rest, and
   * never writes them.
   */
  readonly owned?: ReadonlySet<SnapshotId>;
  /** Renames that `state` shows as made already and the environment has not made yet. */
  readonly renames?: Renames;
  /** What was found out about nodes that the environment has under another fingerprint. */
  readonly impacts?: ReadonlyMap<NodeId, NodeImpact>;
  /** Proofs that `state` holds already and that are to be recorded with the plan. */
  readonly proofs?: readonly Proof[];
  /** What comparisons of rows found. */
  readonly verified?: ReadonlyMap<NodeId, Verified>;
  /** Stretches to be made anew, taken out of what `state` has done already. */
  readonly invalidations?: readonly Invalidation[];
  /** Copies to be made before anything else; `state` has them already. */
  readonly forks?: readonly PlannedFork[];
  /** Nodes that go on under another definition with the rows of the snapshot named: `state` has their copies already. */
  readonly continued?: ReadonlyMap<NodeId, SnapshotId>;
  /** What the caller said of changes. */
  readonly categories?: ReadonlyMap<NodeId, SaidCategory>;
  /** What the plan was asked for, in the caller's terms: kept in the plan, so that it can be made again. */
  readonly asked?: JsonObject;
}
