import { isContinued, type Plan } from '@seeknal/plan';

import { agreesOn, categoryOf, type Answer } from './sqlmesh-cases.ts';
import { nodeOf } from './sqlmesh-models.ts';

/** A plan, and what was there before it. */
export interface Planned {
  readonly plan: Plan;
  /** The plan under each choice of the case. */
  readonly chosen: { readonly [key: string]: Plan };
  readonly isForwardOnly: boolean;
  readonly before: { readonly [node: string]: string };
  readonly fingerprints: {
    readonly [node: string]: readonly [before: string | undefined, after: string | undefined];
  };
}

const PLANS_ARE = 'a plan is forward-only, a node is not';
const MADE_ANEW = 'only a table filled interval by interval, as before, goes on with its rows';

/** Everything that a case says of one model, beside what was found. */
export function answersOf(
  name: string,
  said: { readonly [key: string]: unknown },
  { plan, isForwardOnly, before, fingerprints }: Planned,
): readonly Answer[] {
  const node = nodeOf(name);
  const line = plan.nodes.find((each) => each.node === node);
  const causes = (line?.causes ?? []).map((cause) =>
    cause.rows
      ? `${cause.node} may have other rows`
      : `${cause.columns.join(', ')} of ${cause.node} may differ`,
  );
  const why = [...new Set([line?.reason ?? 'there is no such node', ...causes])].join('; ');
  const snapshot = line?.snapshot ?? '';
  const answer = (key: string, theirs: unknown, ours: unknown, reason = why): Answer => ({
    what: `${name}.${key}`,
    theirs,
    ours,
    reason: JSON.stringify(theirs) === JSON.stringify(ours) ? null : reason,
  });
  return Object.entries(said).flatMap(([key, value]): readonly Answer[] => {
    switch (key) {
      case 'category': {
        const ours = categoryOf(line);
        return [{ what: name, theirs: value, ours, reason: agreesOn(String(value), ours) ? null : why }];
      }
      case 'forward_only':
        return [answer(key, value, isContinued(snapshot), isForwardOnly ? MADE_ANEW : PLANS_ARE)];
      case 'version':
        return [answer(key, value, line?.isNew === true ? 'own fingerprint' : 'that of before')];
      case 'version_changed':
        return [answer(key, value, before[node] !== snapshot)];
      case 'fingerprint_changed':
        return [answer(key, value, fingerprints[node]?.[0] !== fingerprints[node]?.[1])];
      case 'missing_intervals':
        return [answer(key, value, line?.missing ?? [])];
      default:
        return [];
    }
  });
}

/** What a case says of the plan as a whole. */
export function wholeAnswers(
  key: string,
  theirs: unknown,
  { plan: unasked, chosen }: Planned,
): readonly Answer[] {
  const plan = chosen[key] ?? unasked;
  const categories = plan.nodes.map(
    (line) => [line.node.replace('transform.', ''), categoryOf(line)] as const,
  );
  const changed = categories.filter(([, category]) => category !== 'UNCHANGED');
  const named = (is: (category: string) => boolean): readonly string[] =>
    changed.flatMap(([name, category]) => (is(category) ? [name] : []));
  const isBuilt = (category: string): boolean => !['METADATA', 'INDIRECT_NON_BREAKING'].includes(category);
  const found: { readonly [key: string]: unknown } = {
    all_new_snapshots: [...new Set(changed.map(([, category]) => category))].join(),
    directly_modified: named((category) => isBuilt(category) && !category.startsWith('INDIRECT')),
    indirectly_modified: named((category) => isBuilt(category) && category.startsWith('INDIRECT')),
    missing_intervals: plan.nodes.flatMap(({ missing }) => missing),
  };
  const choice = { uncategorized: [], categorized: changed.map(([name]) => name) };
  const isChoice = /^(?:before|after)_choice/u.test(key);
  const ours = isChoice ? choice : found[key];
  const isSame = JSON.stringify(ours) === JSON.stringify(theirs);
  const reason = isChoice ? 'nobody has to be asked: what is unclear is BREAKING' : 'other nodes';
  if (!isChoice && !(key in found)) return [];
  return [{ what: key, theirs, ours, reason: isSame ? null : reason }];
}

/** What the case says of a plan that is refused; none of ours was. */
export const refusalAnswer = (theirs: string): Answer => ({
  what: 'the plan',
  theirs,
  ours: 'is made and applied',
  reason: theirs.startsWith('ERROR') ? 'nothing of it is refused here' : null,
});
