import { verifyKept, type FoundRows } from '@seeknal/environments';
import type { NodeId } from '@seeknal/manifest';
import { isProved, refutation, type ResolvedNode } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { executionContext, type Surroundings } from './execution.ts';
import { NO_WAREHOUSE, type Session } from './session.ts';
import { situationOf, type PlanOptions, type Situation } from './situation.ts';

/**
 * A situation in which every reuse that rests on a proof was tried on the rows themselves, where that was
 * asked for. A proof that does not hold is taken back at once, in the state too, and its node is planned
 * anew. Without the option nothing is opened and nothing runs.
 */
export async function verifiedSituation(
  loaded: Pick<LoadedProject, 'manifest' | 'settings'>,
  session: Session,
  around: Surroundings,
  options: PlanOptions & { readonly signal?: AbortSignal },
): Promise<Situation> {
  const { verify = false } = options;
  const isWanted = verify !== false && (await session.warehouse()) !== NO_WAREHOUSE;
  // Opening may repair something: before anything is looked at.
  if (isWanted) await session.engine();
  const first = await situationOf(loaded, session, around.now, options);
  if (!isWanted || ![...first.resolved.values()].some((node) => isProved(node, first.view))) return first;
  const engine = await session.engine();
  const state = await session.state(engine.warehouseId);
  const context = executionContext(
    'verify',
    { ...loaded, manifest: first.manifest },
    around,
    first,
    state,
    engine,
  );
  const loads = new Set(first.plan.tasks.flatMap(({ action, node }) => (action === 'load' ? [node] : [])));
  const found = await verifyKept(first.view, context, {
    sample: verify === true ? null : verify.sample,
    isSelected: (id) => first.selected === null || first.selected.has(id),
    isMadeAnew: (id) => loads.has(id),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  await takeBack(found, first, state, around.now);
  return situationOf(loaded, session, around.now, options, found);
}

/** Puts what refutes them in the place of the proofs that do not hold. */
async function takeBack(
  found: ReadonlyMap<NodeId, FoundRows>,
  { resolved }: Situation,
  state: ScopedState,
  now: number,
): Promise<void> {
  const refutations = [...found].flatMap(([id, { verified, isOnlyFloating }]) => {
    const node = resolved.get(id) as ResolvedNode;
    return verified?.same === false ? [refutation(node, { ...verified, isOnlyFloating }, now)] : [];
  });
  if (refutations.length === 0) return;
  await state.removeProofs(refutations.map(({ fingerprint }) => fingerprint));
  await state.addProofs(refutations);
}
