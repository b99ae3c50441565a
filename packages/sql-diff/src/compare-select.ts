import type { Distinct, GroupBy, Select } from '@seeknal/sql-ast';

import { compareClause, type Clause } from './compare-clause.ts';
import { compareConditions, compareExpressions } from './compare-conditions.ts';
import { compareFrom } from './compare-from.ts';
import { compareItems } from './compare-items.ts';
import type { Comparison, Place } from './comparison.ts';

/** Notes how two SELECTs differ, from top to bottom. */
export function compareSelects(comparison: Comparison, place: Place, old: Select, now: Select): void {
  compareDistinct(comparison, place, old.distinct, now.distinct);
  compareItems(comparison, place, old.items, now.items);
  compareFrom(comparison, place, old.from, now.from);
  compareConditions(comparison, place, 'filter', ' of WHERE', old.where, now.where);
  compareGroups(comparison, place, old.groupBy, now.groupBy);
  compareConditions(comparison, place, 'having', ' of HAVING', old.having, now.having);
  compareConditions(comparison, place, 'qualify', ' of QUALIFY', old.qualify, now.qualify);
  compareClause(comparison, place, 'sample', 'Sample', sampleOf(old), sampleOf(now));
}

const sampleOf = ({ sample }: Select): Clause | null =>
  sample && { what: sample.text, piece: { placed: sample, nodes: [], otherwise: sample.text } };

/** Notes how two DISTINCT clauses differ, of SELECTs or of set operations. */
export function compareDistinct(
  comparison: Comparison,
  place: Place,
  old: Distinct | null,
  now: Distinct | null,
): void {
  compareClause(comparison, place, 'distinct', 'The word', distinctOf(old), distinctOf(now));
  const [on, nowOn] = [old?.on ?? [], now?.on ?? []];
  compareExpressions(comparison, place, 'distinct', 'Term', ' of DISTINCT ON', on, nowOn);
}

function distinctOf(distinct: Distinct | null): Clause | null {
  if (distinct === null) return null;
  const what = distinct.on === null ? 'DISTINCT' : 'DISTINCT ON';
  return { what, piece: { placed: { span: null }, nodes: [], otherwise: what } };
}

function compareGroups(comparison: Comparison, place: Place, old: GroupBy | null, now: GroupBy | null): void {
  compareClause(comparison, place, 'group', 'The grouping', groupingOf(old), groupingOf(now));
  const [terms, nowTerms] = [old?.terms ?? [], now?.terms ?? []];
  compareExpressions(comparison, place, 'group', 'Term', ' of GROUP BY', terms, nowTerms);
}

/** How the terms are put together, apart from what they are: plain GROUP BY says nothing beyond them. */
function groupingOf(groups: GroupBy | null): Clause | null {
  if (groups === null) return null;
  const isPlain = !groups.all && groups.sets === null && groups.terms.length > 0;
  if (isPlain) return null;
  const what = JSON.stringify([groups.all, groups.sets]);
  const otherwise = groups.all ? 'ALL' : 'in sets';
  return { what, piece: { placed: groups, nodes: [], otherwise } };
}
