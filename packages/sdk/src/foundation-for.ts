import { foundationOf, parseFoundation, shownManifest } from '@seeknal/environments';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { EnvironmentRecord } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import type { Situation } from './situation.ts';

/**
 * What the environment of a situation rests on once it shows these pointers. What it was applied from before
 * is read only where some of it still shows.
 */
export async function foundationFor(
  { environment, manifest, plan, selected, view }: Situation,
  pointers: EnvironmentRecord['pointers'],
  held: readonly NodeId[],
  state: ScopedState,
): Promise<{ readonly id: string; readonly text: string }> {
  const isApplied = Object.entries(pointers).every(
    ([id, { fingerprint }]) => manifest.nodes[id]?.fingerprint === fingerprint,
  );
  const earlier = isApplied && selected === null ? null : await earlierManifest(environment, state);
  const shown = shownManifest(pointers, manifest, earlier, (id) => selected === null || selected.has(id));
  return foundationOf(shown, held, plan.environment, view);
}

async function earlierManifest(
  environment: EnvironmentRecord | null,
  state: ScopedState,
): Promise<Manifest | null> {
  const id = environment?.manifest ?? null;
  return parseFoundation(id === null ? null : await state.manifest(id))?.manifest ?? null;
}
