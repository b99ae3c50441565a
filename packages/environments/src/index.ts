export { applyPlan, type Applied, type ApplyOptions } from './apply.ts';
export { nextPointers, type NextPointers } from './pointers.ts';
export { reconcile, type Reconciled } from './reconcile.ts';
