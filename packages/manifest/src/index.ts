export type {
  Check,
  Column,
  ExposureSpec,
  Json,
  JsonObject,
  ManifestNode,
  NodeId,
  NodeInput,
  NodeKind,
  NodeSpec,
  Place,
  Reads,
  RuleSpec,
  Severity,
  SourceSpec,
  SqlText,
  Timing,
  TransformSpec,
  UnsupportedSpec,
} from './node.ts';
export type { Manifest, ManifestEdge } from './manifest.ts';
export { assembleManifest, inputsOf, manifestGraph, type DraftNode } from './assemble.ts';
export { canonicalJson, fingerprint, sha256 } from './fingerprint.ts';
export { findCycle, graph, withAncestors, withDescendants, type Graph, type GraphNode } from './graph.ts';
export { nearest } from './nearest.ts';
export { select } from './select.ts';
export { ManifestError, type ManifestErrorCode } from './errors.ts';
