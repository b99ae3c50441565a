import type { Interval } from '@seeknal/intervals';
import type { Manifest, NodeId } from '@seeknal/manifest';

import type { Outside } from './due.ts';
import type { StateView } from './snapshot.ts';

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
}
