import type { NodeId } from '@seeknal/manifest';

import { showPlace } from './errors.ts';
import { isName } from './names.ts';
import type { NodeIds } from './node-inputs.ts';
import { KINDS, type RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';

/**
 * The ids that a node had before, as its author tells: `daily` or `transform.daily`, one or a list, newest first.
 * What cannot be is reported and left out. No two nodes may have had one name, which `renamedFromAll` checks.
 */
function renamedFrom(raw: RawNode, ids: NodeIds): readonly FormerName[] {
  const written = raw.config['renamed_from'] as string | readonly string[] | null | undefined;
  const names = typeof written === 'string' ? [written] : (written ?? []);
  const found: FormerName[] = [];
  names.forEach((name, at) => {
    const path = typeof written === 'string' ? ['renamed_from'] : ['renamed_from', at];
    const wrong = wrongWith(name, raw, ids);
    if (wrong !== null) raw.report(path, 'VALUE_INVALID', ...wrong);
    else found.push({ id: idOf(name, raw), path });
  });
  return found;
}

interface FormerName {
  readonly id: NodeId;
  readonly path: YamlPath;
}

/** What nodes were called before; of those that were called nothing else, nothing. */
export function renamedFromAll(
  raws: readonly RawNode[],
  ids: NodeIds,
): ReadonlyMap<NodeId, readonly NodeId[]> {
  const found = new Map<NodeId, readonly NodeId[]>();
  const heirs = new Map<string, RawNode>();
  for (const raw of raws) {
    const names: NodeId[] = [];
    for (const { id, path } of renamedFrom(raw, ids)) {
      const heir = heirs.get(id.toLowerCase());
      if (heir === undefined) {
        heirs.set(id.toLowerCase(), raw);
        names.push(id);
        continue;
      }
      const [message, hint] =
        heir === raw
          ? [`${raw.id} is renamed from ${id} twice.`, 'Remove one of them.']
          : [
              `${raw.id} cannot be renamed from ${id}: ${heir.id} is, at ${showPlace(heir.place)}.`,
              'Only one node goes on with the rows. Remove one of the two.',
            ];
      raw.report(path, 'VALUE_INVALID', message, hint);
    }
    if (names.length > 0) found.set(raw.id, names);
  }
  return found;
}

const idOf = (name: string, { kind }: RawNode): NodeId => (name.includes('.') ? name : `${kind}.${name}`);

/** Message and hint; null: it may have been called so. */
function wrongWith(
  written: string,
  raw: RawNode,
  { find }: NodeIds,
): readonly [message: string, hint: string] | null {
  const id = idOf(written, raw);
  const kind = id.slice(0, id.indexOf('.'));
  const name = id.slice(kind.length + 1);
  if (!(KINDS as readonly string[]).includes(kind) || !isName(name)) {
    return [`"${written}" cannot be a former name of ${raw.id}.`, `Write it like ${raw.kind}.name, or name.`];
  }
  if (kind !== raw.kind) {
    return [
      `${raw.id} cannot be renamed from ${id}: the kind of a node cannot change.`,
      'Remove renamed_from: the node is built anew.',
    ];
  }
  if (id === raw.id) return [`${raw.id} is renamed from itself.`, 'Write the name that it had before.'];
  const node = find(id);
  if (node === undefined || node === raw.id) return null;
  return [
    `${raw.id} cannot be renamed from ${id}, which is still a node of the project.`,
    'Only a name that no node has any more can be moved. Names that are swapped take two steps, by way of a third.',
  ];
}
