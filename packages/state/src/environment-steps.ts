import type { Instant } from '@seeknal/intervals';
import { canonicalJson, type Json } from '@seeknal/manifest';
import type { EnvironmentRecord } from '@seeknal/plan';

import { StateError } from './errors.ts';
import type { ScopedState } from './scoped-state.ts';
import { requireKept } from './snapshot-steps.ts';
import { entry, type ScopeDocument } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

type Switch = Parameters<ScopedState['switchEnvironment']>[0];
type Removal = Parameters<ScopedState['removeEnvironment']>[0];

export function switchEnvironment(change: Switch): ScopeStep<EnvironmentRecord> {
  const { name, expectedEpoch, pointers, at, expiresAt, manifest = null } = change;
  return (scope) => {
    const known = entry(scope.environments, name);
    if (known && isRepeated(known, change)) return answered(scope, known);
    const epoch = known?.epoch ?? 0;
    if (epoch !== expectedEpoch) throw moved(name, epoch, expectedEpoch);
    if (!known) refuseOtherCase(scope, name);
    for (const { snapshot } of Object.values(pointers)) requireKept(scope, snapshot);
    // What was there before a switch that moved nothing is what the rollback is still meant for.
    const isMoved = !known || !areEqual(known.pointers, pointers);
    const answer: EnvironmentRecord = {
      name,
      epoch: epoch + 1,
      pointers,
      manifest,
      previous: (isMoved ? known?.pointers : known.previous) ?? null,
      previousManifest: (isMoved ? known?.manifest : known.previousManifest) ?? null,
      createdAt: known?.createdAt ?? at,
      switchedAt: at,
      expiresAt,
    };
    return answered(withEnvironment(scope, answer), answer);
  };
}

export function touchEnvironment(name: string, expiresAt: Instant | null): ScopeStep<EnvironmentRecord> {
  return (scope) => {
    const known = entry(scope.environments, name);
    if (!known) {
      throw new StateError(
        'STATE_ENVIRONMENT_UNKNOWN',
        `There is no environment ${name}`,
        'List them with: seeknal env list',
      );
    }
    if (known.expiresAt === expiresAt) return answered(scope, known);
    const answer = { ...known, expiresAt };
    return answered(withEnvironment(scope, answer), answer);
  };
}

export function removeEnvironment({ name, expectedEpoch, expiredBy }: Removal): ScopeStep<void> {
  return (scope) => {
    const known = entry(scope.environments, name);
    if (!known) return answered(scope, undefined);
    if (known.epoch !== expectedEpoch) throw moved(name, known.epoch, expectedEpoch);
    if (expiredBy !== undefined && (known.expiresAt === null || known.expiresAt > expiredBy)) {
      throw new StateError(
        'STATE_ENVIRONMENT_MOVED',
        `The environment ${name} was used again and has not expired`,
        'Remove it by name if it is to go all the same.',
      );
    }
    const left = Object.entries(scope.environments).filter(([other]) => other !== name);
    return answered({ ...scope, environments: Object.fromEntries(left) }, undefined);
  };
}

const withEnvironment = (scope: ScopeDocument, record: EnvironmentRecord): ScopeDocument => ({
  ...scope,
  environments: { ...scope.environments, [record.name]: record },
});

/** A warehouse takes both names for one. */
function refuseOtherCase(scope: ScopeDocument, name: string): void {
  const same = Object.keys(scope.environments).find((other) => other.toLowerCase() === name.toLowerCase());
  if (same === undefined) return;
  throw new StateError(
    'STATE_ENVIRONMENT_EXISTS',
    `The environment ${name} cannot be made: there is ${same}, which differs only in case`,
    `Use ${same}, or choose another name.`,
  );
}

function isRepeated(known: EnvironmentRecord, { expectedEpoch, pointers, at, manifest }: Switch): boolean {
  return (
    known.epoch === expectedEpoch + 1 &&
    known.switchedAt === at &&
    (known.manifest ?? null) === (manifest ?? null) &&
    areEqual(known.pointers, pointers)
  );
}

const moved = (name: string, epoch: number, expected: number): StateError =>
  new StateError(
    'STATE_ENVIRONMENT_MOVED',
    `The environment ${name} is at epoch ${epoch}, not ${expected}: another switch came first`,
    'Plan again and apply the new plan.',
  );

const areEqual = (a: Switch['pointers'], b: Switch['pointers']): boolean =>
  canonicalJson(a as unknown as Json) === canonicalJson(b as unknown as Json);
