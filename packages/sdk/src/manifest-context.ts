import { parseFoundation, type ManifestContext, type ViewContext } from '@seeknal/environments';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import { resolveNodes, wantedOf, type EnvironmentRecord, type StateView } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { rendering, type Surroundings } from './execution.ts';
import { findFiles } from './outside.ts';
import type { Situation } from './situation.ts';

/** What the views of a manifest are made from that is not (or no longer) what the project's files say. */
export async function manifestContext(
  manifest: Manifest,
  environment: EnvironmentRecord,
  view: StateView,
  { settings }: Pick<LoadedProject, 'settings'>,
  around: Surroundings,
): Promise<ManifestContext> {
  const resolved = resolveNodes(manifest, view, environment, around.now, null);
  const loaded = new Map<NodeId, FoundFiles>();
  for (const [id, { node }] of resolved) {
    if (node.spec.kind !== 'source') continue;
    // A view over a file that is gone stays as it is.
    const found = await findFiles(settings.folder, node.spec, null).catch(() => null);
    if (found !== null) loaded.set(id, found);
  }
  return {
    resolved,
    loaded,
    render: rendering('', { manifest, settings }, around),
    wanted: (id) => {
      const node = resolved.get(id);
      return node === undefined ? [] : wantedOf(node, around.now, null);
    },
  };
}

/** The manifest that an environment stands on, for names that the one which is applied does not move. */
export async function earlierContexts(
  loaded: Pick<LoadedProject, 'settings'>,
  around: Surroundings,
  { environment, view }: Situation,
  state: ScopedState,
): Promise<readonly ViewContext[]> {
  const id = environment?.manifest ?? null;
  const foundation = parseFoundation(id === null ? null : await state.manifest(id));
  if (foundation === null || environment === null) return [];
  return [await manifestContext(foundation.manifest, environment, view, loaded, around)];
}
