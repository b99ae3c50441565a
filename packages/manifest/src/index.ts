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
  UpsertKeys,
} from './node.ts';
export type { Manifest, ManifestEdge } from './manifest.ts';
export { ENVIRONMENTS_FOLDER, exposurePath } from './exposure-path.ts';
export { assembleManifest, inputsOf, manifestGraph, type DraftNode } from './assemble.ts';
export { canonicalJson, fingerprint, sameJson, sha256 } from './fingerprint.ts';
export { findCycle, graph, withAncestors, withDescendants, type Graph, type GraphNode } from './graph.ts';
export { ManifestDiff, type CategorizedChanges, type RebuildMap } from './manifest-diff.ts';
export { nearest } from './nearest.ts';
export { ChangeCategory, type ChangeDetail, type ChangeType, type NodeChange } from './node-change.ts';
export { renamesFrom, withNamesOf, type Renames } from './renames.ts';
export { readManifest } from './read-manifest.ts';
export { sqlChanges, type SqlChange, type SqlClassifier, type SqlVerdict } from './sql-change.ts';
export { select } from './select.ts';
export { ManifestError, type ManifestErrorCode } from './errors.ts';
