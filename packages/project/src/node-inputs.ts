import { nearest, type NodeId, type Reads } from '@seeknal/manifest';

import type { RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';

/** An input as it is written: how it reads is null where the author left that open. */
export interface DeclaredInput {
  readonly ref: NodeId;
  readonly place: string;
  readonly reads: Reads | null;
}

/** The ids of the project's nodes: names are compared without case, and keep the spelling of the node. */
export interface NodeIds {
  readonly find: (id: string) => NodeId | undefined;
  readonly all: readonly NodeId[];
}

export function nodeIds(ids: readonly NodeId[]): NodeIds {
  const known = new Map(ids.map((id) => [id.toLowerCase(), id]));
  return { find: (id) => known.get(id.toLowerCase()), all: ids };
}

type Written =
  | string
  | { readonly ref: string; readonly reads?: 'interval' | 'all' | { readonly back: number } };

/**
 * The inputs a node declares under `inputs`, `depends_on` or, for some kinds, `source`. An unknown one is
 * reported with what is near, one that reads the node itself is refused.
 */
export function declaredInputs(node: RawNode, ids: NodeIds): readonly DeclaredInput[] {
  const found: DeclaredInput[] = [];
  const add = (written: Written, path: YamlPath, place: string): void => {
    const { ref: text, reads } = typeof written === 'string' ? { ref: written, reads: undefined } : written;
    const refPath = typeof written === 'string' ? path : [...path, 'ref'];
    const ref = resolveRef(node, refPath, text, ids);
    if (ref === null) return;
    if (found.some((input) => input.ref === ref && input.place === place)) return;
    found.push({ ref, place, reads: readsOf(reads) });
  };
  for (const key of ['inputs', 'depends_on']) {
    const written = node.config[key] as
      | readonly Written[]
      | { readonly [place: string]: Written }
      | null
      | undefined;
    if (Array.isArray(written)) {
      const before = found.length;
      (written as readonly Written[]).forEach((each, i) => add(each, [key, i], `input_${before + i}`));
    } else {
      for (const [place, each] of Object.entries(written ?? {})) add(each, [key, place], place);
    }
  }
  const { source } = node.config;
  if (
    node.kind !== 'source' &&
    typeof source === 'string' &&
    !found.some(({ ref }) => ref === ids.find(source))
  ) {
    add(source, ['source'], `input_${found.length}`);
  }
  return found;
}

function resolveRef(node: RawNode, path: YamlPath, text: string, ids: NodeIds): NodeId | null {
  const id = /^ref\(\s*['"]?(.*?)['"]?\s*\)$/.exec(text)?.[1] ?? text.replace(/^ref:/, '');
  const found = ids.find(id.trim());
  if (found === node.id) {
    node.report(
      path,
      'REF_SELF',
      `${node.id} reads itself.`,
      'A node that reads its own rows is not supported yet.',
    );
    return null;
  }
  if (found === undefined)
    node.report(path, 'REF_UNKNOWN', `There is no node "${id.trim()}".`, refHint(id, ids.all));
  return found ?? null;
}

/** What to say of an id nobody has: the nearest one, the same name of another kind, or what there is. */
export function refHint(id: string, known: readonly NodeId[]): string {
  const name = id.split('.').at(-1)?.toLowerCase();
  const near = nearest(id, known) ?? known.find((each) => each.split('.')[1]?.toLowerCase() === name);
  if (near !== undefined && near !== null) return `Did you mean "${near}"?`;
  const shown = known.slice(0, 12).join(', ');
  if (known.length === 0) return 'The project has no other node yet.';
  return `The project has ${shown}${known.length > 12 ? ` and ${known.length - 12} more` : ''}.`;
}

function readsOf(reads: 'interval' | 'all' | { readonly back: number } | undefined): Reads | null {
  if (reads === undefined) return null;
  return typeof reads === 'object' ? { kind: 'back', count: reads.back } : { kind: reads };
}
