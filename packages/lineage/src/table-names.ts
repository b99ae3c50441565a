import type { ManifestNode, NodeId, NodeInput } from '@seeknal/manifest';

import { inputsOf } from './inputs-of.ts';

/**
 * What the names of tables in a node's SQL stand for, by the parts of the name: a node by `kind.name`, the input
 * at a place by `input_0` or its key, the only input by `__THIS__`. Undefined: a table outside the project.
 */
export function tableNames(
  node: ManifestNode,
  nodes: ReadonlyMap<string, NodeId>,
): (name: readonly string[]) => NodeId | undefined {
  const inputs = inputsOf(node.spec);
  const places = new Map<string, NodeId>(
    inputs.map(({ place, ref }: NodeInput) => [place.toLowerCase(), ref]),
  );
  if (inputs.length === 1) places.set('__this__', (inputs as [NodeInput])[0].ref);
  return (name) => {
    const folded = name.join('.').toLowerCase();
    return name.length === 1 ? places.get(folded) : nodes.get(folded);
  };
}
