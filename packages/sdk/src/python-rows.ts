import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { canonicalJson, inputsOf, type JsonObject, type NodeId } from '@seeknal/manifest';
import type { Project as LoadedProject } from '@seeknal/project';

/** What a Python project has that this one can use as it is. */
export interface PythonRows {
  /** Nodes that have not changed, in topological order, each with its file of rows where it keeps any. */
  readonly usable: ReadonlyMap<NodeId, string | null>;
  /** Nodes that have not changed and whose rows are not there, or come from nodes that did change. */
  readonly absent: readonly NodeId[];
}

const NOTHING: PythonRows = { usable: new Map(), absent: [] };

/**
 * Compares the project with what the Python seeknal left in `target/`. A node is usable only where its hash,
 * all of its YAML, and all that it reads are unchanged: the hash alone is blind to much.
 */
export async function pythonRows({
  manifest,
  settings: { folder },
}: Pick<LoadedProject, 'manifest' | 'settings'>): Promise<PythonRows> {
  if (!existsSync(join(folder, 'target', 'manifest.json'))) return NOTHING;
  const { unchangedPythonNodes } = await import('@seeknal/state-file');
  const python = unchangedPythonNodes(folder);
  const usable = new Map<NodeId, string | null>();
  const absent: NodeId[] = [];
  for (const { id, spec, config } of Object.values(manifest.nodes)) {
    const known = python[id];
    if (known === undefined || !isSame(config, known.config)) continue;
    const isBuilt = spec.kind === 'transform' && spec.mode === 'full' && spec.timing === null;
    const runs = isBuilt || spec.kind === 'source' || spec.kind === 'rule' || spec.kind === 'exposure';
    const isReady = inputsOf(spec).every(({ ref }) => usable.has(ref));
    if (runs && isReady && (!isBuilt || known.rows !== null)) usable.set(id, isBuilt ? known.rows : null);
    else absent.push(id);
  }
  return { usable, absent };
}

/** Whether two readings of a node's YAML are one; the Python one says what `materialization` leaves open, and knows no former names. */
function isSame({ renamed_from: _, ...ours }: JsonObject, python: JsonObject): boolean {
  const { materialization, materializations } = ours;
  if (materialization === null || typeof materialization !== 'object' || materializations !== undefined)
    return canonicalJson(ours) === canonicalJson(python);
  const said = {
    ...(materialization as JsonObject),
    type: (materialization as JsonObject)['type'] ?? 'iceberg',
  };
  return (
    canonicalJson({ ...ours, materialization: said, materializations: [said] }) === canonicalJson(python)
  );
}

/** Reads a file of rows as they are. */
export const rowsSql = (path: string): string =>
  `SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`;

/** What a plan says of them: a run takes the rows over before it plans. */
export const notesOn = ({ usable, absent }: PythonRows): { readonly [node: NodeId]: readonly string[] } =>
  Object.fromEntries([
    ...[...usable].flatMap(([id, rows]) => (rows === null ? [] : [[id, [TAKEN_OVER]]])),
    ...absent.map((id) => [id, [ABSENT]]),
  ]);

const TAKEN_OVER = 'known to the Python project: its rows are taken over';
const ABSENT = 'known to the Python project, but its rows are not in this warehouse: it is built';
