import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

import {
  exposurePath,
  type JsonObject,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type SourceSpec,
} from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import type { Outside, SnapshotRecord } from '@seeknal/plan';
import { sourceVersion, type SourceVersion } from '@seeknal/project';

import { SdkError } from './errors.ts';
import { readStamps, writeStamps } from './source-stamps.ts';

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
 * @param environment Whose exports are looked for.
 */
export async function lookOutside(
  folder: string,
  manifest: Manifest,
  nodes: Iterable<NodeId>,
  recordOf: (node: NodeId) => SnapshotRecord | null,
  environment: string,
): Promise<OutsideView> {
  const stamps = await readStamps(folder);
  const newer: Record<NodeId, SourceVersion> = {};
  const outside: Record<NodeId, Outside> = {};
  const files = new Map<NodeId, FoundFiles>();
  for (const id of nodes) {
    const spec = manifest.nodes[id]?.spec;
    const record = recordOf(id);
    if (spec?.kind === 'source') {
      const known = (record?.version ?? null) as SourceVersion | null;
      const stamped = stamps[id];
      // The same contents looked at later: stamps that were too fresh then may prove something now.
      const best = known !== null && stamped?.version === known.version ? stamped : known;
      const found = await findFiles(folder, spec, best).catch((error: unknown) => {
        throw SdkError.atNode(error, id, (manifest.nodes[id] as ManifestNode).place);
      });
      files.set(id, found);
      if (known !== null && known.version !== found.contents) {
        outside[id] = { isChanged: true, reason: fileCount(found) };
      } else if (known !== null && found.version !== (best as unknown)) {
        newer[id] = found.version as unknown as SourceVersion;
      }
    } else if (spec?.kind === 'exposure' && record !== null && record.done.length > 0) {
      const path = exposurePath(manifest.nodes[id] as ManifestNode, environment);
      if (!(await exists(absolute(folder, path)))) {
        outside[id] = { isChanged: true, reason: `its export ${path} is gone` };
      }
    }
  }
  if (Object.keys(newer).length > 0) await writeStamps(folder, { ...stamps, ...newer });
  return { outside, files };
}

const fileCount = ({ file }: FoundFiles): string =>
  file.paths.length === 1 ? 'its file changed' : `its ${file.paths.length} files changed`;

/** The files of one source now. */
export async function findFiles(
  folder: string,
  spec: SourceSpec,
  known: SourceVersion | null,
): Promise<FoundFiles> {
  // By the machine's own clock, which is that of the files, whatever time the command is to think it is.
  const version = await sourceVersion(folder, spec, known, Date.now());
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
