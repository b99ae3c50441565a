import { sameJson, type JsonObject, type ManifestNode, type NodeId, type Renames } from '@seeknal/manifest';

import type { ChangeCategory, SaidCategory } from './plan.ts';
import type { ResolvedNode } from './resolve.ts';
import type { Cause, NodeImpact } from './reuse/node-impact.ts';
import type { EnvironmentRecord, StateView } from './snapshot.ts';

/** How a node differs from what the environment points at. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'metadata' | 'same';
  readonly category: ChangeCategory | null;
  readonly reason: string;
  readonly path: readonly NodeId[];
  /** What is known of its rows; null where nothing was compared. */
  readonly impact: NodeImpact | null;
  /** What the environment calls it; null: the same. */
  readonly renamedFrom: NodeId | null;
}

type Difference = Omit<Change, 'renamedFrom'>;

/** What belongs to an environment's pointer and not to the rows. */
export const metadataOf = ({ description, owner, tags, config }: ManifestNode): JsonObject => ({
  description,
  owner,
  tags,
  audits: config['audits'] ?? null,
});

const SAME: Difference = { kind: 'same', category: null, reason: 'unchanged', path: [], impact: null };

/** Compares every resolved node with the environment's pointers, which have the names of now. */
export function changes(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  state: StateView,
  environment: EnvironmentRecord | null,
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  renames: Renames,
  said: ReadonlyMap<NodeId, SaidCategory> = new Map(),
): ReadonlyMap<NodeId, Change> {
  const found = new Map<NodeId, Change>();
  for (const [id, { node, snapshot }] of resolved) {
    const seen = changeOf(id, node, snapshot, found, state, environment, impacts.get(id) ?? null);
    const change = asSaid(seen, said.get(id));
    const former = renames.get(id) ?? null;
    found.set(id, former === null ? { ...change, renamedFrom: null } : renamedChange(change, former));
  }
  return found;
}

/** A caller’s word stands beside what was found, which stays to be read. */
function asSaid(change: Difference, said: SaidCategory | undefined): Difference {
  if (said === undefined || change.kind !== 'changed') return change;
  const reason = `${change.reason.replace(/\.$/u, '')}. Said to be ${said}: ${SAID[said]}`;
  return { ...change, category: said, reason };
}

const SAID: { readonly [said in SaidCategory]: string } = {
  BREAKING: 'everything that reads it is built anew.',
  NON_BREAKING: 'what reads it stays where the rows that it reads are the same.',
};

/** What becomes of a node under its new name is told behind the old one. */
function renamedChange(change: Difference, former: NodeId): Change {
  const { impact } = change;
  const reason = `renamed from ${former}`;
  // What has no table is made once more under another name, and is what it was.
  const isAsBefore = impact !== null && impact.refuted === null && !impact.isOwn && isNone(impact);
  if (change.kind === 'same' || (change.kind === 'changed' && isAsBefore)) {
    return { kind: 'metadata', category: 'METADATA', reason, path: [], impact, renamedFrom: former };
  }
  return { ...change, reason: `${reason}; ${change.reason}`, renamedFrom: former };
}

const isNone = ({ impact: { rows, changed, added, removed, shape }, causes }: NodeImpact): boolean =>
  !rows && !shape && changed.length + added.length + removed.length + causes.length === 0;

function changeOf(
  id: NodeId,
  node: ManifestNode,
  snapshot: ResolvedNode['snapshot'],
  found: ReadonlyMap<NodeId, Change>,
  state: StateView,
  environment: EnvironmentRecord | null,
  impact: NodeImpact | null,
): Difference {
  const pointer = environment?.pointers[id];
  if (pointer === undefined) return { kind: 'added', category: null, reason: 'new', path: [], impact };
  const shown = state.snapshots[pointer.snapshot];
  // A file of the environment's own has its pointer before it is written.
  const isUnwritten = shown === undefined && pointer.fingerprint === node.fingerprint;
  if (pointer.snapshot === snapshot.id || isUnwritten) return keptChange(node, pointer, found, impact);
  const before = shown?.definition ?? {};
  const keys = changedKeys(before, node.definition);
  if (impact !== null && impact.refuted !== null) {
    return { kind: 'changed', category: 'BREAKING', reason: impact.refuted, path: [], impact };
  }
  if (impact?.isKept === true) {
    // Its rows go on in a copy, over the copies of what it reads.
    const reason = impact.isOwn ? WRITTEN_OTHERWISE : 'nothing that it reads differs';
    return { kind: 'metadata', category: 'METADATA', reason, path: [], impact };
  }
  // A query that only calls its inputs by their new names is what it was.
  if (keys.length > 0 && impact?.isOwn !== false) return ownChange(keys, impact);
  const above = snapshot.inputs.find(({ node: input }) => isChanged(found.get(input) as Change));
  const [cause] = impact?.causes ?? [];
  const from = cause?.node ?? above?.node;
  const path = from === undefined ? [] : [...(found.get(from) as Change).path, from];
  return {
    kind: 'changed',
    category: 'BREAKING',
    reason:
      cause === undefined
        ? path.length === 0
          ? 'its inputs changed'
          : `it reads ${path.at(-1)}, which changed`
        : causeText(cause, impact),
    path,
    impact,
  };
}

const WRITTEN_OTHERWISE = 'its definition is written otherwise; rows and columns stay the same';

/** The same rows under a definition that may be another. */
function keptChange(
  node: ManifestNode,
  pointer: EnvironmentRecord['pointers'][string],
  found: ReadonlyMap<NodeId, Change>,
  impact: NodeImpact | null,
): Difference {
  const isDescribedAnew = !sameJson(pointer.metadata, metadataOf(node));
  if (impact?.isOwn === true) {
    return {
      kind: 'metadata',
      category: 'METADATA',
      reason: WRITTEN_OTHERWISE,
      path: [],
      impact,
    };
  }
  if (isDescribedAnew) {
    return {
      kind: 'metadata',
      category: 'METADATA',
      reason: 'only its description, owner, tags or audits changed',
      path: [],
      impact,
    };
  }
  if (pointer.fingerprint === node.fingerprint || impact === null) return { ...SAME, impact };
  const above = Object.keys(impact.reads).find((id) => isChanged(found.get(id) as Change));
  return {
    ...SAME,
    reason:
      above === undefined ? 'nothing that it reads differs' : `nothing that it reads of ${above} differs`,
    path: above === undefined ? [] : [above],
    impact,
  };
}

/** A change of the node's own definition. */
function ownChange(keys: readonly string[], impact: NodeImpact | null): Difference {
  const plain = `its ${keys.join(', ')} changed`;
  if (impact === null) return { kind: 'changed', category: 'BREAKING', reason: plain, path: [], impact };
  const { rows, changed, removed, added, shape } = impact.impact;
  const isAddition =
    !rows &&
    !shape &&
    changed.length + removed.length === 0 &&
    added.length > 0 &&
    impact.causes.length === 0;
  const doubt =
    impact.doubts[0] === undefined ? '' : ` It could not be analysed in full: ${impact.doubts[0]}.`;
  const told = sentencesOf(impact);
  return {
    kind: 'changed',
    category: isAddition ? 'NON_BREAKING' : 'BREAKING',
    reason: told === '' ? `${plain}${doubt === '' ? '' : `.${doubt}`}` : `${told}${doubt}`,
    path: [],
    impact,
  };
}

const sentencesOf = ({ edits }: NodeImpact): string => {
  const shown = edits.slice(0, 2).map(({ sentence }) => sentence);
  const more = edits.length > shown.length ? [`And ${edits.length - shown.length} more.`] : [];
  return [...shown, ...more].join(' ');
};

/** `it reads amount of transform.daily, which changed`. */
function causeText({ node, rows, columns }: Cause, impact: NodeImpact | null): string {
  const doubt = impact?.doubts[0];
  if (rows) return `${node} may have other rows`;
  const names = columns.slice(0, 3).join(', ');
  if (names === '') return `the order of columns or rows of ${node} changed`;
  const text = `it reads ${names} of ${node}, which changed`;
  return doubt === undefined ? text : `${text}; ${doubt}`;
}

const isChanged = ({ kind }: Change): boolean => kind === 'changed' || kind === 'added';

function changedKeys(before: JsonObject, after: JsonObject): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !sameJson(before[key] ?? null, after[key] ?? null)).toSorted();
}
