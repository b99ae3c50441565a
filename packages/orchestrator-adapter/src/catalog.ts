import type { CatalogEntry, FileSource } from '@seeknal/engine';
import { hasIntervals, needed, ALL_TIME, type ResolvedNode } from '@seeknal/plan';
import { inputsOf, type NodeId } from '@seeknal/manifest';
import type { Interval } from '@seeknal/intervals';

/** What the catalogue of a task is made from. */
export interface CatalogSources {
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  /** Files of a source, as the newest load found them. */
  readonly file: (node: NodeId) => FileSource;
  /** SQL of a view, rendered. */
  readonly viewSql: (node: NodeId) => Promise<string>;
}

/**
 * What every name in a task's SQL stands for: its inputs, and through views whatever those read. Rows that
 * the task must not see, because they come after what it is allowed to depend on, are cut off here, so that
 * a backfill in any order gives the rows of one in the order of time.
 */
export async function catalogOf(
  { node, snapshot }: ResolvedNode,
  range: Interval,
  sources: CatalogSources,
): Promise<readonly CatalogEntry[]> {
  const entries = new Map<NodeId, CatalogEntry>();
  const add = async (id: NodeId): Promise<void> => {
    if (entries.has(id)) return;
    const input = sources.resolved.get(id) as ResolvedNode;
    const base = { node: id, snapshot: input.snapshot.id };
    if (input.snapshot.materialization === 'view') {
      const inputs = inputsOf(input.node.spec);
      for (const { ref } of inputs) await add(ref);
      const places = Object.fromEntries(inputs.map(({ place, ref }) => [place, ref]));
      entries.set(id, { ...base, from: 'view', sql: await sources.viewSql(id), places });
      return;
    }
    const read = snapshot.reads.find((candidate) => candidate.snapshot === input.snapshot.id);
    const need = read === undefined ? ALL_TIME : needed(read, input.snapshot, snapshot, range);
    const within = hasIntervals(snapshot) ? bounds(need) : null;
    entries.set(
      id,
      input.snapshot.materialization === 'source'
        ? { ...base, from: 'file', file: sources.file(id), within }
        : { ...base, from: 'snapshot', within },
    );
  };
  for (const { ref } of inputsOf(node.spec)) await add(ref);
  return [...entries.values()];
}

function bounds({ start, end }: Interval): Partial<Interval> | null {
  if (start === ALL_TIME.start && end === ALL_TIME.end) return null;
  return { ...(start > ALL_TIME.start && { start }), ...(end < ALL_TIME.end && { end }) };
}
