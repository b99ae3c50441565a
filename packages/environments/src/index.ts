export { applyPlan, type Applied, type ApplyOptions } from './apply.ts';
export { nextPointers, type NextPointers } from './pointers.ts';
export { reconcile, type Reconciled } from './reconcile.ts';
export { verifyKept, type FoundRows, type VerifyOptions } from './verify-kept.ts';
export { recoverSwitches } from './recover-switches.ts';
export { checkEnvironmentName, PRODUCTION } from './environment-name.ts';
export {
  environmentPlan,
  expiry,
  isExpired,
  TTL_HOURS,
  type Environment,
  type EnvironmentConfig,
  type EnvironmentPlan,
  type KeptEnvironment,
} from './environment.ts';
export {
  EnvironmentManager,
  type EnvironmentHost,
  type ManifestContext,
  type PromoteOptions,
  type Switched,
} from './environment-manager.ts';
export { foundationOf, parseFoundation, shownManifest, type Foundation } from './foundation.ts';
export { parsePlanFile, planFileText } from './plan-file.ts';
export { type PromotedNode, type Promotion } from './promotion.ts';
export { differenceOf, type Difference } from './stale.ts';
export { type CleanUp, type CleanUpOptions } from './clean-up.ts';
export { EnvironmentError, type EnvironmentErrorCode } from './errors.ts';
export type { ViewContext } from './views.ts';
