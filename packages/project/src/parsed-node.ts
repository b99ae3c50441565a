import type { JsonObject, NodeInput, NodeSpec } from '@seeknal/manifest';

import type { Environment } from './environment.ts';
import type { DeclaredInput, NodeIds } from './node-inputs.ts';
import type { Findings } from './problem.ts';
import type { Profiles } from './profiles.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { RawNode } from './raw-node.ts';

/** What every node is read against. */
export interface NodeContext {
  readonly settings: ProjectSettings;
  readonly profiles: Profiles;
  /** Shared snippets by the name templates use. */
  readonly snippets: JsonObject;
  readonly environment: Environment;
  /** Values for params given from outside, which win over those of the nodes. */
  readonly params: JsonObject;
  readonly ids: NodeIds;
  readonly findings: Findings;
}

/** A node read by itself; how it reads its inputs is decided once all nodes are. */
export interface ParsedNode {
  readonly raw: RawNode;
  readonly inputs: readonly DeclaredInput[];
  /** Column by which others may read this node one interval at a time; null: none. */
  readonly timeColumn: string | null;
  /**
   * Whether the node reads only the rows of its interval of an input, given that input's time column. Asked
   * only where the author said nothing.
   */
  readonly provesInterval: (input: DeclaredInput, timeColumn: string) => boolean;
  readonly finish: (inputs: readonly NodeInput[]) => {
    readonly spec: NodeSpec;
    readonly definition: JsonObject;
  };
}
