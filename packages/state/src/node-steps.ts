import { intervalSet, union, type Instant, type IntervalSet } from '@seeknal/intervals';
import { canonicalJson, type Json, type NodeId } from '@seeknal/manifest';

import type { NodeState } from './backend.ts';
import { requireRun } from './run-steps.ts';
import { setEntry, entry, type StateDocument } from './state-document.ts';
import type { Step, StepContext, Stepped } from './step.ts';

const NEW_NODE: NodeState = {
  hash: '',
  lastRun: null,
  status: 'pending',
  durationMs: 0,
  rowCount: 0,
  fingerprint: null,
  completedIntervals: [],
  completedPartitions: [],
  restatementIntervals: [],
  metadata: {},
};

type Pairs = NodeState['completedIntervals'];

/** The pairs are made the fewest that cover the same time. */
export function setNodeState(runId: string, nodeId: NodeId, patch: Partial<NodeState>): Step<NodeState> {
  return (document, context) => {
    requireRun(document, runId);
    const before = findNode(document, runId, nodeId) ?? NEW_NODE;
    const { completedIntervals, restatementIntervals } = { ...before, ...patch };
    const node = {
      ...before,
      ...patch,
      completedIntervals: toPairs(toSet(completedIntervals)),
      restatementIntervals: toPairs(toSet(restatementIntervals)),
    };
    return withNode(document, runId, nodeId, node, context);
  };
}

export function addCompletedInterval(
  runId: string,
  nodeId: NodeId,
  start: Instant,
  end: Instant,
): Step<void> {
  return (document, context) => {
    requireRun(document, runId);
    const before = findNode(document, runId, nodeId) ?? NEW_NODE;
    const completed = union(toSet(before.completedIntervals), [{ start, end }]);
    const node = { ...before, completedIntervals: toPairs(completed) };
    return { ...withNode(document, runId, nodeId, node, context), answer: undefined };
  };
}

export function findNode(document: StateDocument, runId: string, nodeId: NodeId): NodeState | undefined {
  const nodes = entry(document.nodes, runId);
  return nodes && entry(nodes, nodeId);
}

function withNode(
  document: StateDocument,
  runId: string,
  nodeId: NodeId,
  node: NodeState,
  { owned }: StepContext,
): Stepped<StateDocument, NodeState> {
  const known = findNode(document, runId, nodeId);
  if (known && canonicalJson(known as unknown as Json) === canonicalJson(node as unknown as Json)) {
    return { document, answer: known, events: [] };
  }
  const before = entry(document.nodes, runId);
  const isOwned = before !== undefined && owned?.has(before) === true;
  const nodes: { [node: NodeId]: NodeState } = isOwned ? before : { ...before };
  setEntry(nodes, nodeId, node);
  if (!isOwned) owned?.add(nodes);
  return {
    document: { ...document, nodes: isOwned ? document.nodes : { ...document.nodes, [runId]: nodes } },
    answer: node,
    events: [],
  };
}

const toSet = (pairs: Pairs): IntervalSet => intervalSet(pairs.map(([start, end]) => ({ start, end })));

const toPairs = (set: IntervalSet): Pairs => set.map(({ start, end }) => [start, end]);
