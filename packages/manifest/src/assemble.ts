import { fingerprint } from './fingerprint.ts';
import { graph } from './graph.ts';
import type { Manifest, ManifestEdge } from './manifest.ts';
import type { ManifestNode, NodeId, NodeInput, NodeSpec } from './node.ts';

/** A node before the others are known. */
export type DraftNode = Omit<ManifestNode, 'fingerprint'>;

/** What a node reads, in order; a source reads nothing of the project. */
export const inputsOf = (spec: NodeSpec): readonly NodeInput[] => (spec.kind === 'source' ? [] : spec.inputs);

/**
 * Puts nodes in topological order, joins them by edges and gives each its fingerprint. Expects what the
 * project reader has checked: unique ids, inputs that exist, no cycle.
 */
export function assembleManifest(from: {
  readonly project: string;
  readonly toolVersion: string;
  /** ISO instant, written into the metadata only. */
  readonly generatedAt: string;
  readonly nodes: readonly DraftNode[];
}): Manifest {
  const drafts = new Map(from.nodes.map((node) => [node.id, node]));
  const { order } = graph(
    from.nodes.map(({ id, spec }) => ({ id, inputs: inputsOf(spec).map(({ ref }) => ref) })),
  );
  const nodes: Record<NodeId, ManifestNode> = {};
  const edges: ManifestEdge[] = [];
  for (const id of order) {
    const draft = drafts.get(id) as DraftNode;
    const inputs = inputsOf(draft.spec).flatMap(({ ref, place }) => {
      const input = nodes[ref];
      return input === undefined ? [] : [{ place, fingerprint: input.fingerprint }];
    });
    nodes[id] = { ...draft, fingerprint: fingerprint(id, draft.definition, inputs) };
    const refs = new Set(inputsOf(draft.spec).map(({ ref }) => ref));
    for (const ref of refs) if (ref in nodes) edges.push({ from: ref, to: id, type: 'dependency' });
  }
  return {
    metadata: { project: from.project, seeknal_version: from.toolVersion, generated_at: from.generatedAt },
    nodes,
    edges,
  };
}

/** Who reads whom in a manifest. */
export const manifestGraph = (manifest: Manifest): ReturnType<typeof graph> =>
  graph(
    Object.values(manifest.nodes).map(({ id, spec }) => ({
      id,
      inputs: inputsOf(spec).map(({ ref }) => ref),
    })),
  );
