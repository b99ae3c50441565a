import type { Plan, Task } from '@seeknal/plan';

/** How a plan differs from one made anew from the same request. */
export interface Difference {
  /** Sentences: what must not have moved, and did. Empty: the plan can be applied as it was shown. */
  readonly moved: readonly string[];
  /** Sentences: what is different and changes nothing of what was shown. */
  readonly notes: readonly string[];
}

/**
 * Compares a plan with one that was made anew, at the clock of the first, from the same request. The tasks of
 * the new one may be fewer, since others fill what is shared; a source's file may have moved.
 */
export function differenceOf(shown: Plan, fresh: Plan): Difference {
  const moved: string[] = [];
  if (shown.project !== fresh.project) {
    return { moved: [`it is for the project ${shown.project}, and this is ${fresh.project}`], notes: [] };
  }
  const [wrote, reads] = [shown.asked['seeknal'], fresh.asked['seeknal']];
  if (wrote !== reads) moved.push(`it was made by version ${String(wrote)}, and this is ${String(reads)}`);
  if (shown.warehouse !== fresh.warehouse) {
    return { moved: [...moved, `the warehouse is another one (${fresh.warehouse})`], notes: [] };
  }
  moved.push(
    ...environmentsMoved(shown, fresh),
    ...nodesMoved(shown, fresh),
    ...generationsMoved(shown, fresh),
  );
  const had = new Set(shown.tasks.map(key));
  const more = fresh.tasks.filter((task) => !had.has(key(task)));
  const loads = more.filter(({ action }) => action === 'load');
  const further = more.filter(({ action }) => action !== 'load');
  if (further.length > 0 && moved.length === 0) {
    moved.push(
      `there is more to do: ${further.length} tasks that it does not show, such as ${further[0]?.id}`,
    );
  }
  const now = new Set(fresh.tasks.map(key));
  const gone = shown.tasks.filter((task) => !now.has(key(task))).length;
  return {
    moved,
    notes: [
      ...loads.map(({ node }) => `the files of ${node} moved since: they are loaded first`),
      ...(gone > 0 && moved.length === 0 ? [`${gone} of its tasks are done by now`] : []),
    ],
  };
}

const key = ({ id, snapshot }: Task): string => `${id} ${snapshot}`;

function environmentsMoved(shown: Plan, fresh: Plan): readonly string[] {
  const { name, epoch } = shown.base.environment;
  const now = fresh.base.environment.epoch;
  if (epoch === now) return [];
  if (epoch === 0) return [`${name} was made meanwhile`];
  return now === 0 ? [`${name} was deleted`] : [`${name} moved from epoch ${epoch} to ${now}`];
}

function nodesMoved(shown: Plan, fresh: Plan): readonly string[] {
  const [before, after] = [shown.base.nodes, fresh.base.nodes];
  const added = Object.keys(after).filter((id) => !(id in before));
  const removed = Object.keys(before).filter((id) => !(id in after));
  const changed = Object.keys(after).filter((id) => id in before && before[id] !== after[id]);
  return [
    ...sentence(changed, 'the definition of', 'changed'),
    ...sentence(added, '', 'was added to the project'),
    ...sentence(removed, '', 'was removed from the project'),
    ...sentence(startsMoved(shown, fresh), 'where', 'starts from moved'),
  ];
}

/** Nodes whose pointer would be another although nothing of them changed: prod moved under the plan. */
function startsMoved(shown: Plan, fresh: Plan): readonly string[] {
  return Object.keys(fresh.pointers).filter(
    (id) =>
      shown.base.nodes[id] === fresh.base.nodes[id] &&
      id in shown.pointers &&
      shown.pointers[id] !== fresh.pointers[id],
  );
}

function generationsMoved(shown: Plan, fresh: Plan): readonly string[] {
  const [before, after] = [shown.base.generations, fresh.base.generations];
  const nodeOf = new Map(shown.nodes.map(({ node, snapshot }) => [snapshot, node]));
  const restated = Object.keys(before).filter(
    (id) => id in after && before[id] !== after[id] && !isSource(id, shown),
  );
  const gone = Object.keys(before).filter((id) => !(id in after) && isPlanned(id, fresh));
  return [
    ...sentence(
      restated.map((id) => nodeOf.get(id) ?? id),
      'rows of',
      'were restated',
    ),
    ...sentence(
      gone.map((id) => nodeOf.get(id) ?? id),
      'the table of',
      'was dropped',
    ),
  ];
}

/** A file that was loaded anew restates what was made from it, and that only where its rows differ. */
const isSource = (id: string, { nodes }: Plan): boolean =>
  nodes.some(({ snapshot, kind }) => snapshot === id && kind === 'source');

const isPlanned = (id: string, { snapshots }: Plan): boolean =>
  snapshots.some((snapshot) => snapshot.id === id);

const sentence = (nodes: readonly string[], before: string, after: string): readonly string[] => {
  const [first, ...rest] = nodes;
  if (first === undefined) return [];
  const others = rest.length === 0 ? '' : ` (and of ${rest.length} more)`;
  return [`${before === '' ? '' : `${before} `}${first} ${after}${others}`];
};
