import {
  canonicalJson,
  sha256,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type Renames,
} from '@seeknal/manifest';

import { changes, metadataOf, type Change } from './change.ts';
import { find, type Finding } from './finding.ts';
import { nodePlan, removed, summaryOf, unsupported } from './node-plan.ts';
import { proofKey } from './identity.ts';
import type { Invalidation, NodePlan, Plan, Task } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { resolveNodes, timingOf } from './resolve.ts';
import { formerCandidates, renamesIn, withRenames } from './renames.ts';
import type { NodeImpact } from './reuse/node-impact.ts';
import { reachOf } from './reuse/reach.ts';
import type { EnvironmentRecord, Proof, SnapshotId } from './snapshot.ts';
import { tasksOf } from './tasks.ts';

/**
 * What has to run so that the environment has every wanted row of the manifest, and why. A function of its
 * arguments: the same situation gives the same plan. O(nodes + edges + tasks).
 */
export function plan(asked: PlanRequest): Plan {
  const { request, renames } = renamed(asked);
  const { manifest, state, select } = request;
  const environment = state.environments[request.environment] ?? null;
  const resolved = resolveNodes(manifest, state, environment, request.now, request.range);
  const { impacts = new Map<NodeId, NodeImpact>() } = request;
  const shown = asItWas(environment, request.continued);
  const changed = changes(resolved, state, shown, impacts, renames, request.categories);
  const found = new Map<NodeId, Finding>();
  for (const [id, node] of resolved) {
    found.set(id, find(id, node, changed.get(id) as Change, found, request));
  }
  const pointers = select === null ? (environment?.pointers ?? {}) : {};
  const gone = Object.keys(pointers)
    .filter((id) => !(id in manifest.nodes))
    .toSorted();
  const formerOf = formerCandidates(gone, state, pointers);
  const nodes: NodePlan[] = [];
  const tasks: Task[] = [];
  for (const node of Object.values(manifest.nodes)) {
    const own = found.get(node.id);
    if (select !== null && !select.has(node.id)) continue;
    if (own === undefined) {
      nodes.push(unsupported(manifest, node.id, resolved));
      continue;
    }
    const ownTasks = own.blocked === null ? tasksOf(own) : [];
    for (const task of ownTasks) tasks.push(task);
    const line = anew(nodePlan(node.id, own, ownTasks.length), request);
    const former = line.action === 'add' ? formerOf(node) : undefined;
    const hint = former === undefined ? [] : [`${former} was defined alike: renamed_from keeps its rows`];
    const notes = [...line.notes, ...hint];
    nodes.push({ ...line, notes, reach: reachOf(node.id, impacts, resolved) });
  }
  for (const id of gone) nodes.push(removed(id, state, environment as EnvironmentRecord, manifest));
  const used = [...found.values()].filter(({ resolved: { node } }) => select === null || select.has(node.id));
  const body: Omit<Plan, 'id' | 'createdAt'> = {
    version: 1,
    project: manifest.metadata.project,
    warehouse: request.warehouse,
    environment: request.environment,
    now: request.now,
    range: request.range,
    asked: request.asked ?? {},
    base: {
      environment: { name: request.environment, epoch: environment?.epoch ?? 0 },
      others: Object.fromEntries(
        Object.values(state.environments).flatMap(({ name, epoch }) =>
          name === request.environment ? [] : [[name, epoch]],
        ),
      ),
      nodes: Object.fromEntries(Object.values(manifest.nodes).map((node) => [node.id, planningHash(node)])),
      generations: Object.fromEntries(
        used.flatMap(({ resolved: { record } }) => (record === null ? [] : [[record.id, record.generation]])),
      ),
    },
    snapshots: used.flatMap(({ resolved: { record, snapshot } }) => (record === null ? [snapshot] : [])),
    proofs: proofsUsed(used, request.proofs ?? []),
    forks: request.forks ?? [],
    invalidations: [...(request.invalidations ?? []), ...used.flatMap(invalidationsOf)],
    nodes,
    tasks,
    pointers: pointersAfter(used, environment?.pointers ?? {}, select === null ? manifest : null, renames),
    summary: summaryOf(nodes, tasks),
  };
  return { ...body, id: sha256(canonicalJson(body as never)).slice(0, 16), createdAt: request.now };
}

/** The request with the environment under the names of now. */
function renamed(request: PlanRequest): { readonly request: PlanRequest; readonly renames: Renames } {
  const { manifest, state, environment } = request;
  const shown = state.environments[environment] ?? null;
  const own = renamesIn(manifest, shown);
  const renames = new Map([...(request.renames ?? []), ...own]);
  const record = withRenames(shown, own);
  if (record === null || record === shown) return { request, renames };
  const environments = { ...state.environments, [environment]: record };
  return { request: { ...request, state: { ...state, environments } }, renames };
}

/** The line of a node whose rows are made anew on somebody's word, or over a copy. */
function anew(
  line: NodePlan,
  { invalidations = [], forks = [], continued, verified }: PlanRequest,
): NodePlan {
  const asked = invalidations.find(({ snapshot }) => snapshot === line.snapshot);
  const fork = forks.find(({ to }) => to === line.snapshot);
  const reason =
    asked !== undefined && line.category === null && line.missing.length > 0 ? asked.reason : line.reason;
  const continues = continued?.get(line.node) ?? null;
  const onward = 'forward only: the rows that are done stay as they were made';
  const copied = 'its table is copied first: the environments that show it keep their rows';
  return {
    ...line,
    continues,
    verified: verified?.get(line.node) ?? null,
    reason,
    notes: [...line.notes, ...(continues === null ? [] : [onward]), ...(fork === undefined ? [] : [copied])],
  };
}

/** The environment as it is: a node that goes on with a table differs from what is shown of it. */
function asItWas(
  environment: EnvironmentRecord | null,
  continued: PlanRequest['continued'],
): EnvironmentRecord | null {
  if (environment === null || continued === undefined) return environment;
  const pointers = Object.entries(environment.pointers).map(([id, pointer]) => {
    const snapshot = continued.get(id) ?? pointer.snapshot;
    return [id, { ...pointer, snapshot }] as const;
  });
  return { ...environment, pointers: Object.fromEntries(pointers) };
}

/** What a plan depends on of one node, in few characters. */
const planningHash = (node: ManifestNode): string =>
  sha256(
    canonicalJson([
      node.fingerprint,
      metadataOf(node),
      timingOf(node) as never,
      ...(node.renamedFrom === undefined ? [] : [node.renamedFrom]),
    ]),
  ).slice(0, 16);

/** Proofs by which a node of the plan has its snapshot. */
function proofsUsed(used: readonly Finding[], proofs: readonly Proof[]): readonly Proof[] {
  const snapshots = new Map(
    used.map(({ resolved: { node, identity, snapshot } }) => [
      proofKey(node, identity, snapshot.id),
      snapshot.id,
    ]),
  );
  return proofs.filter(({ fingerprint, snapshot }) => snapshots.get(fingerprint) === snapshot);
}

const invalidationsOf = ({ resolved, due: { again }, missing, blocked }: Finding): readonly Invalidation[] =>
  missing.length === 0 || blocked !== null
    ? []
    : again.map(({ range, reason }) => ({ snapshot: resolved.snapshot.id, range, reason }));

/**
 * Nodes that are not part of the plan keep their pointers, under the names that they have; those gone from the
 * project lose them. Where only some nodes were selected former names stay, too: others may read them.
 */
function pointersAfter(
  used: readonly Finding[],
  before: { readonly [node: NodeId]: { readonly snapshot: SnapshotId } },
  whole: Manifest | null,
  renames: Renames,
): Plan['pointers'] {
  const kept = Object.entries(before)
    .filter(([id]) => whole === null || id in whole.nodes)
    .map(([id, { snapshot }]) => [whole === null ? (renames.get(id) ?? id) : id, snapshot] as const);
  const moved = used
    .filter(({ blocked }) => blocked === null)
    .map(({ resolved: { node, snapshot } }) => [node.id, snapshot.id] as const);
  return Object.fromEntries([...kept, ...moved]);
}
