import type { Engine } from '@seeknal/engine';
import { canonicalJson, type Json } from '@seeknal/manifest';
import type { EnvironmentRecord, StateView } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import { PRODUCTION } from './environment-name.ts';

type Switched = Pick<EnvironmentRecord, 'pointers' | 'expiresAt'> & {
  readonly manifest: string | null;
  readonly at: number;
};

/**
 * Makes the state's environments those that the warehouse shows. The views are the truth: a process that
 * switched or removed them and died before it could tell the state is finished here; after a warehouse was
 * put back from a copy, the state goes back with it.
 *
 * @returns The names of the environments that were put right.
 */
export async function recoverSwitches(engine: Engine, state: ScopedState): Promise<readonly string[]> {
  const [notes, epochs, view] = await Promise.all([engine.switchNotes(), engine.epochs(), state.read()]);
  const recovered: string[] = [];
  for (const [name, note] of Object.entries(notes)) {
    const shown = note as unknown as Switched;
    const record = view.environments[name];
    if (record !== undefined && isSame(record, shown)) continue;
    if (!isKnown(shown, view)) continue;
    await state.switchEnvironment({
      name,
      expectedEpoch: record?.epoch ?? 0,
      pointers: shown.pointers,
      manifest: shown.manifest,
      at: shown.at,
      expiresAt: shown.expiresAt,
    });
    recovered.push(name);
  }
  for (const { name, epoch } of Object.values(view.environments)) {
    if (name === PRODUCTION || name in epochs) continue;
    await state.removeEnvironment({ name, expectedEpoch: epoch });
    recovered.push(name);
  }
  return recovered;
}

const isSame = (record: EnvironmentRecord, shown: Switched): boolean =>
  (record.manifest ?? null) === shown.manifest && text(record.pointers) === text(shown.pointers);

/** A state that was lost learns of its snapshots first; until then there is nothing to point at. */
const isKnown = ({ pointers }: Switched, { snapshots }: StateView): boolean =>
  Object.values(pointers).every(({ snapshot }) => {
    const record = snapshots[snapshot];
    return record !== undefined && record.dropping !== true;
  });

const text = (value: unknown): string => canonicalJson(value as Json);
