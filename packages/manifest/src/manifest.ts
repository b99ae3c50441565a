import type { ManifestNode, NodeId } from './node.ts';

export interface ManifestEdge {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly type: 'dependency';
}

/** All nodes and edges of a project at one moment. */
export interface Manifest {
  readonly metadata: {
    readonly project: string;
    /** The version of the tool that wrote it. */
    readonly seeknal_version: string;
    /** ISO instant. Not part of any hash. */
    readonly generated_at: string;
  };
  /** In topological order, ties by id. */
  readonly nodes: { readonly [id: NodeId]: ManifestNode };
  readonly edges: readonly ManifestEdge[];
}
