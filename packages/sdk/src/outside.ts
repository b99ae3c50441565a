import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

import type { JsonObject, Manifest, ManifestNode, NodeId, SourceSpec } from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import type { Outside, SnapshotRecord } from '@seeknal/plan';
import { sourceVersion, type SourceVersion } from '@seeknal/project';

import { SdkError } from './errors.ts';

/** What a look outside the warehouse found: the files of sources, the exports of exposures. */
export interface OutsideView {
  readonly outside: { readonly [node: NodeId]: Outside };
  readonly files: ReadonlyMap<NodeId, FoundFiles>;
}

/**
 * Looks at every file that the nodes given name. Only sizes and times are read where they prove that
 * nothing moved; otherwise contents are hashed.
 *
 * @param recordOf The snapshot that stands for a node, where the state has one.
 */
export async function lookOutside(
  folder: string,
  manifest: Manifest,
  nodes: Iterable<NodeId>,
  recordOf: (node: NodeId) => SnapshotRecord | null,
  now: number,
): Promise<OutsideView> {
  const outside: Record<NodeId, Outside> = {};
  const files = new Map<NodeId, FoundFiles>();
  for (const id of nodes) {
    const spec = manifest.nodes[id]?.spec;
    const record = recordOf(id);
    if (spec?.kind === 'source') {
      const known = (record?.version ?? null) as SourceVersion | null;
      const found = await findFiles(folder, spec, known, now).catch((error: unknown) => {
        throw SdkError.atNode(error, id, (manifest.nodes[id] as ManifestNode).place);
      });
      files.set(id, found);
      if (known !== null && known.version !== found.contents) {
        outside[id] = { isChanged: true, reason: fileCount(found) };
      }
    } else if (spec?.kind === 'exposure' && record !== null && record.done.length > 0) {
      if (!(await exists(absolute(folder, spec.path)))) {
        outside[id] = { isChanged: true, reason: `its export ${spec.path} is gone` };
      }
    }
  }
  return { outside, files };
}

const fileCount = ({ file }: FoundFiles): string =>
  file.paths.length === 1 ? 'its file changed' : `its ${file.paths.length} files changed`;

/** The files of one source now. */
export async function findFiles(
  folder: string,
  spec: SourceSpec,
  known: SourceVersion | null,
  now: number,
): Promise<FoundFiles> {
  const version = await sourceVersion(folder, spec, known, now);
  return {
    file: {
      format: spec.format,
      paths: version.files.map(({ path }) => absolute(folder, path)),
      options: spec.options,
      columns: spec.columns,
      timeColumn: spec.timeColumn,
    },
    version: version as unknown as JsonObject,
    contents: version.version,
  };
}

export const absolute = (folder: string, path: string): string =>
  isAbsolute(path) ? path : resolve(folder, path);

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
