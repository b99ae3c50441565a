import type { NodeInput, NodeSpec } from '@seeknal/manifest';

/** What a node reads, in order. Of the package with the manifest only types are used: the rest of it needs Node. */
export const inputsOf = (spec: NodeSpec): readonly NodeInput[] => ('inputs' in spec ? spec.inputs : []);
