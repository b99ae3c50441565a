import { inputsOf } from './assemble.ts';
import type { Manifest } from './manifest.ts';
import type { JsonObject, ManifestNode, NodeId, NodeSpec } from './node.ts';

/** Nodes that something else has under another name: by what they are called now, what it calls them. */
export type Renames = ReadonlyMap<NodeId, NodeId>;

/**
 * The declared renames that are still to be made where nodes are known by these ids: a former name is among them
 * and no node's any more, and the new one is not. Of several former names the first that is known counts.
 */
export function renamesFrom(known: readonly NodeId[], { nodes }: Pick<Manifest, 'nodes'>): Renames {
  const renames = new Map<NodeId, NodeId>();
  const declaring = Object.values(nodes).flatMap(({ id, renamedFrom }) =>
    renamedFrom === undefined ? [] : [{ id, renamedFrom }],
  );
  if (declaring.length === 0) return renames;
  // Names are compared without case, and keep the spelling by which they are known.
  const byName = new Map(known.map((id) => [id.toLowerCase(), id]));
  const ids = new Set(known);
  for (const { id, renamedFrom } of declaring) {
    if (ids.has(id)) continue;
    const had = renamedFrom.flatMap((name) => byName.get(name.toLowerCase()) ?? []);
    const former = had.find((name) => !(name in nodes));
    if (former !== undefined) renames.set(id, former);
  }
  return renames;
}

/** An older manifest with the names of a newer one: its nodes, what they read, and the tables in their SQL. */
export function withNamesOf(old: Manifest, now: Manifest): Manifest {
  const renames = renamesFrom(Object.keys(old.nodes), now);
  if (renames.size === 0) return old;
  const names = new Map([...renames].map(([id, former]) => [former, id]));
  const nodes = Object.values(old.nodes).map((node): readonly [NodeId, ManifestNode] => {
    const heir = now.nodes[names.get(node.id) ?? ''];
    const named = heir === undefined ? node : underName(node, heir);
    const reads = inputsOf(node.spec).some(({ ref }) => names.has(ref));
    return [named.id, reads ? reading(named, names) : named];
  });
  return { ...old, nodes: Object.fromEntries(nodes) };
}

/** What was said of former names is left out: that a node has another one is told by itself. */
function underName(node: ManifestNode, { id, name, config }: ManifestNode): ManifestNode {
  const { name: _name, renamed_from: _before, ...rest } = node.config;
  const said = Object.entries(config).filter(([key]) => key === 'name' || key === 'renamed_from');
  return { ...node, id, name, config: { ...rest, ...Object.fromEntries(said) } };
}

function reading(node: ManifestNode, names: ReadonlyMap<NodeId, NodeId>): ManifestNode {
  const inputs = inputsOf(node.spec).map((input) => ({ ...input, ref: names.get(input.ref) ?? input.ref }));
  const { sql } = node.definition;
  const definition: JsonObject =
    typeof sql === 'string' ? { ...node.definition, sql: withTables(sql, names) } : node.definition;
  return { ...node, spec: { ...node.spec, inputs } as NodeSpec, definition };
}

/** In canonical text, whose tokens stand one blank apart. */
function withTables(sql: string, names: ReadonlyMap<NodeId, NodeId>): string {
  let text = sql;
  for (const [former, id] of names) {
    const dot = former.indexOf('.');
    const [kind, name] = [former.slice(0, dot), former.slice(dot + 1)];
    const found = new RegExp(String.raw`(?<![\w."]|\. )("?${kind}"? \. )("?)${name}\2(?![\w"-])`, 'giu');
    const now = id.slice(id.indexOf('.') + 1);
    text = text.replaceAll(found, (_, before: string) => before + (/^\w+$/u.test(now) ? now : `"${now}"`));
  }
  return text;
}
