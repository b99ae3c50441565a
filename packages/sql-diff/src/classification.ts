import type { Impact } from '@seeknal/sql-ast';

import type { SqlEdit } from './edit.ts';

/**
 * What a change of a query is to those who use its rows: `EQUAL`: the same query. `METADATA`: only comments
 * differ. `NON_BREAKING`: columns may be new, everything else that comes out is as before. `BREAKING`: what
 * comes out may differ, or nothing could be proved.
 */
export type SqlChangeCategory = 'EQUAL' | 'METADATA' | 'NON_BREAKING' | 'BREAKING';

/** Plain JSON. */
export interface SqlClassification {
  readonly category: SqlChangeCategory;
  readonly impact: Impact;
  /** Empty for EQUAL and METADATA. */
  readonly edits: readonly SqlEdit[];
  /** One sentence: why this category. */
  readonly reason: string;
}
