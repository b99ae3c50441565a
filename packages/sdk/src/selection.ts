import {
  manifestGraph,
  select,
  withAncestors,
  withDescendants,
  type Manifest,
  type NodeId,
} from '@seeknal/manifest';

/** How a command names the nodes that it is about. Several ways together mean their union. */
export interface Selection {
  /** Selectors; what reads the nodes they name is selected, too. */
  readonly nodes?: readonly string[];
  /** Tags; what the tagged nodes read is selected, too. */
  readonly tags?: readonly string[];
  /** Nodes with one of these tags are left out. */
  readonly excludeTags?: readonly string[];
  /** Kinds; all others are left out. */
  readonly types?: readonly string[];
  /** Selectors that mean exactly what they name. */
  readonly select?: readonly string[];
}

/**
 * The selected nodes, or null for all of them. Files and views that a selected node reads come along: they
 * have no rows of their own to fill.
 *
 * @throws {ManifestError} for a selector that cannot be read or names nothing.
 */
export function selectNodes(manifest: Manifest, selection: Selection): ReadonlySet<NodeId> | null {
  const { nodes = [], tags = [], excludeTags = [], types = [] } = selection;
  const exact = selection.select ?? [];
  const names = [nodes, tags, excludeTags, types, exact].flat();
  if (names.length === 0) return null;
  const of = manifestGraph(manifest);
  const named = new Set<NodeId>();
  const addAll = (ids: Iterable<NodeId>): void => {
    for (const id of ids) named.add(id);
  };
  if (nodes.length > 0) addAll(withDescendants(of, select(manifest, nodes)));
  if (tags.length > 0)
    addAll(
      withAncestors(
        of,
        select(
          manifest,
          tags.map((tag) => `tag:${tag}`),
        ),
      ),
    );
  if (exact.length > 0) addAll(select(manifest, exact));
  if (nodes.length + tags.length + exact.length === 0) addAll(Object.keys(manifest.nodes));
  if (types.length > 0) {
    const ofType = select(
      manifest,
      types.map((type) => `kind:${type}`),
    );
    for (const id of named) if (!ofType.has(id)) named.delete(id);
  }
  if (excludeTags.length > 0) {
    for (const id of select(
      manifest,
      excludeTags.map((tag) => `tag:${tag}`),
    ))
      named.delete(id);
  }
  for (const id of withAncestors(of, named)) {
    const spec = manifest.nodes[id]?.spec;
    if (spec?.kind === 'source' || (spec?.kind === 'transform' && spec.mode === 'view')) named.add(id);
  }
  return named;
}
