import { canonicalJson, type Json } from '@seeknal/manifest';
import type { EnvironmentRecord } from '@seeknal/plan';

import { StateError } from './errors.ts';
import type { ScopedState } from './scoped-state.ts';
import { entry } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

type Switch = Parameters<ScopedState['switchEnvironment']>[0];

export function switchEnvironment(change: Switch): ScopeStep<EnvironmentRecord> {
  const { name, expectedEpoch, pointers, at, expiresAt } = change;
  return (scope) => {
    const known = entry(scope.environments, name);
    if (known && isRepeated(known, change)) return answered(scope, known);
    const epoch = known?.epoch ?? 0;
    if (epoch !== expectedEpoch) {
      throw new StateError(
        'STATE_ENVIRONMENT_MOVED',
        `The environment ${name} is at epoch ${epoch}, not ${expectedEpoch}: another switch came first`,
        'Plan again and apply the new plan.',
      );
    }
    const answer: EnvironmentRecord = {
      name,
      epoch: epoch + 1,
      pointers,
      previous: known?.pointers ?? null,
      createdAt: known?.createdAt ?? at,
      switchedAt: at,
      expiresAt,
    };
    return answered({ ...scope, environments: { ...scope.environments, [name]: answer } }, answer);
  };
}

function isRepeated(known: EnvironmentRecord, { expectedEpoch, pointers, at, expiresAt }: Switch): boolean {
  return (
    known.epoch === expectedEpoch + 1 &&
    known.switchedAt === at &&
    known.expiresAt === expiresAt &&
    canonicalJson(known.pointers as unknown as Json) === canonicalJson(pointers as unknown as Json)
  );
}
