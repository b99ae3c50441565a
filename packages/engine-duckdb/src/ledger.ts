import type { Commit, Engine } from '@seeknal/engine';
import type { SnapshotId } from '@seeknal/plan';

import type { Layout } from './layout.ts';
import type { Session } from './session.ts';
import { jsonText, quoteText } from './sql-text.ts';

const COLUMNS =
  'snapshot, node, table_id, "start", "end", generation, fence, seq, run, task, rows, dropped, digest, changed, seen, columns, checks, version, finished_at';

/** Writes one line, inside the transaction that publishes its rows. */
export async function writeCommit(session: Session, { own }: Layout, commit: Commit): Promise<void> {
  const values = [
    quoteText(commit.snapshot),
    quoteText(commit.node),
    commit.tableId,
    commit.range.start,
    commit.range.end,
    commit.generation,
    commit.fence,
    commit.seq,
    quoteText(commit.run),
    quoteText(commit.task),
    commit.rows,
    commit.dropped,
    quoteText(commit.digest),
    jsonText(commit.changed),
    jsonText(commit.seen),
    jsonText(commit.columns),
    jsonText(commit.checks),
    jsonText(commit.version),
    commit.finishedAt,
  ];
  await session.run(`INSERT INTO ${own('commits')} (${COLUMNS}) VALUES (${values.join(', ')})`);
}

/** Lines of the ledger in order of snapshot and `seq`. */
export async function readCommits(
  session: Session,
  { own }: Layout,
  filter: NonNullable<Parameters<Engine['commits']>[0]> = {},
): Promise<readonly Commit[]> {
  const { snapshots, overlapping, after } = filter;
  if (snapshots?.length === 0) return [];
  const conditions = ['true'];
  if (snapshots !== undefined) conditions.push(`snapshot IN (${snapshots.map(quoteText).join(', ')})`);
  if (overlapping !== undefined)
    conditions.push(`"start" < ${overlapping.end} AND "end" > ${overlapping.start}`);
  const seen = Object.entries(after ?? {});
  let from = own('commits');
  if (seen.length > 0) {
    const rows = seen.map(([snapshot, seq]) => `(${quoteText(snapshot)}, ${seq})`).join(', ');
    from += ` LEFT JOIN (VALUES ${rows}) AS seen_before(snapshot, known) USING (snapshot)`;
    conditions.push('seq > coalesce(known, 0)');
  }
  const rows = await session.rows(
    `SELECT ${COLUMNS} FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY snapshot, table_id, seq`,
  );
  return rows.map(commitOf);
}

function commitOf(row: readonly unknown[]): Commit {
  const json = <T>(index: number): T => JSON.parse(String(row[index])) as T;
  return {
    snapshot: String(row[0]),
    node: String(row[1]),
    tableId: Number(row[2]),
    range: { start: Number(row[3]), end: Number(row[4]) },
    generation: Number(row[5]),
    fence: Number(row[6]),
    seq: Number(row[7]),
    run: String(row[8]),
    task: String(row[9]),
    rows: Number(row[10]),
    dropped: Number(row[11]),
    digest: String(row[12]),
    changed: json(13),
    seen: json(14),
    columns: json(15),
    checks: json(16),
    version: json(17),
    finishedAt: Number(row[18]),
  };
}

/** The newest `seq` of every snapshot with a line in the ledger. */
export async function readHeads(
  session: Session,
  { own }: Layout,
): Promise<{ readonly [id: SnapshotId]: number }> {
  const rows = await session.rows(`SELECT snapshot, seq FROM ${own('tables')} ORDER BY snapshot`);
  return Object.fromEntries(rows.map(([snapshot, seq]) => [String(snapshot), Number(seq)]));
}
