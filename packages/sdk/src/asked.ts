import type { JsonObject, Manifest } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';

import type { PlanOptions } from './situation.ts';

/** Options that decide a plan, besides environment, clock and range, which it holds itself. */
const KEPT = [
  'from',
  'frozen',
  'skipBackfill',
  'forwardOnly',
  'effectiveFrom',
  'categories',
  'noGaps',
  'restate',
  'full',
  'verify',
  'nodes',
  'tags',
  'excludeTags',
  'types',
  'select',
] as const satisfies readonly (keyof PlanOptions)[];

/** What a plan was asked for, as it keeps it. */
export const askedFor = (options: PlanOptions, { metadata }: Manifest): JsonObject => ({
  seeknal: metadata.seeknal_version,
  ...Object.fromEntries(
    KEPT.flatMap((key) => {
      const value = options[key];
      const isDefault = value === undefined || value === false;
      return isDefault ? [] : [[key, value as unknown as JsonObject[string]]];
    }),
  ),
});

/** The options that a plan was made with. */
export const optionsOf = ({ asked, environment, range }: Plan): PlanOptions => ({
  ...(Object.fromEntries(KEPT.flatMap((key) => (key in asked ? [[key, asked[key]]] : []))) as PlanOptions),
  environment,
  range,
});
