import { checkEnvironmentName, EnvironmentError, parseFoundation, PRODUCTION } from '@seeknal/environments';
import {
  ManifestDiff,
  sqlChanges,
  withNamesOf,
  type JsonObject,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type NodeInput,
  type Reads,
  type SqlChange,
} from '@seeknal/manifest';
import type { Removal } from '@seeknal/lineage';
import type { EnvironmentRecord, Pointer, SnapshotInput, SnapshotRecord, StateView } from '@seeknal/plan';
import type { Schema } from '@seeknal/sql-ast';
import { classifySqlChange, readableSql, type SqlClassification } from '@seeknal/sql-diff';

import { knownColumns } from './known-columns.ts';
import { removals } from './removals.ts';
import type { Session } from './session.ts';

/** A node whose SQL differs: both versions over several lines, comments left out. */
export interface SqlDifference extends SqlChange {
  /** Null where the SQL could not be read. */
  readonly classification: SqlClassification | null;
}

/** How the project differs from what an environment holds. */
export interface ProjectDiff {
  readonly environment: string;
  readonly diff: ManifestDiff;
  readonly sql: readonly SqlDifference[];
  /** Columns that go away although somebody reads them. */
  readonly removals: readonly Removal[];
}

/**
 * Compares the project's files with what an environment points at. Reads the state, not the warehouse's rows;
 * DuckDB's parser is loaded where SQL changed.
 *
 * @throws {EnvironmentError} `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`, `ENVIRONMENT_UNKNOWN`.
 */
export async function diffWithEnvironment(
  manifest: Manifest,
  session: Session,
  environment: string,
): Promise<ProjectDiff> {
  const state = await session.state(await session.warehouse());
  const view = await state.read();
  checkEnvironmentName(environment, Object.keys(view.environments));
  const record = view.environments[environment] ?? null;
  if (record === null && environment !== PRODUCTION) {
    throw EnvironmentError.unknown(environment, Object.keys(view.environments));
  }
  const kept = record?.manifest == null ? null : parseFoundation(await state.manifest(record.manifest));
  const [old, now] = comparable(record, view, kept?.manifest ?? null, manifest);
  const sql = await readChanges(sqlChanges(old, now), withNamesOf(old, now), now, view);
  const told = new Map(sql.map(({ node, classification }) => [node, classification]));
  return {
    environment,
    diff: ManifestDiff.compare(old, now, ({ node }) => told.get(node) ?? null),
    sql,
    removals: await removals(sql, now, view, session.target),
  };
}

/**
 * Both sides as manifests. What the environment was applied from is kept with it; a node of which that is not
 * what it points at is put together from its snapshot, and then compared in what a snapshot knows.
 */
function comparable(
  record: EnvironmentRecord | null,
  view: StateView,
  kept: Manifest | null,
  manifest: Manifest,
): readonly [Manifest, Manifest] {
  const old: Record<NodeId, ManifestNode> = {};
  const now: Record<NodeId, ManifestNode> = { ...manifest.nodes };
  const names = Object.entries(record?.pointers ?? {}).map(([id, { snapshot }]) => [snapshot, id] as const);
  const shownAs = new Map(names);
  // What it was called when it was read may not be what it is called now.
  const nameOf = ({ node, snapshot }: SnapshotInput): NodeId => shownAs.get(snapshot) ?? node;
  for (const [id, pointer] of Object.entries(record?.pointers ?? {})) {
    const exact = kept?.nodes[id];
    const snapshot = view.snapshots[pointer.snapshot];
    if (exact?.fingerprint === pointer.fingerprint) old[id] = exact;
    else if (snapshot !== undefined) {
      old[id] = nodeOf(id, pointer, snapshot, nameOf);
      const same = now[id];
      if (same !== undefined) now[id] = { ...same, config: auditsOf(same.config) };
    }
  }
  return [
    { ...manifest, nodes: old, edges: [] },
    { ...manifest, nodes: now },
  ];
}

const auditsOf = ({ audits }: JsonObject): JsonObject => (audits == null ? {} : { audits });

function nodeOf(
  node: NodeId,
  { metadata, fingerprint }: Pointer,
  snapshot: SnapshotRecord,
  nameOf: (input: SnapshotInput) => NodeId,
): ManifestNode {
  const { kind, definition } = snapshot;
  const declared = (definition['inputs'] ?? []) as unknown as readonly NodeInput[];
  const readsOf = (place: string): Reads =>
    declared.find((input) => input.place === place)?.reads ?? { kind: 'all' };
  const inputs = snapshot.inputs.map((input) => ({
    ref: nameOf(input),
    place: input.place,
    reads: readsOf(input.place),
  }));
  const { description, owner, tags } = metadata as unknown as ManifestNode;
  return {
    id: node,
    name: node.slice(node.indexOf('.') + 1),
    type: kind,
    description,
    owner,
    tags,
    columns: {},
    config: auditsOf(metadata),
    file_path: '',
    place: { file: '', line: 1, column: 1 },
    spec: { kind: 'unsupported', reason: 'known by its snapshot only', inputs },
    definition,
    fingerprint,
  };
}

async function readChanges(
  canonical: readonly SqlChange[],
  old: Manifest,
  now: Manifest,
  view: StateView,
): Promise<readonly SqlDifference[]> {
  if (canonical.length === 0) return [];
  const changes = canonical.map(({ node, oldSql, newSql }) => ({
    node,
    oldSql: readableSql(oldSql),
    newSql: readableSql(newSql),
  }));
  const { openSqlParser } = await import('@seeknal/engine-duckdb');
  const duckdb = await openSqlParser();
  try {
    const parser = await duckdb.read(changes.flatMap(({ oldSql, newSql }) => [oldSql, newSql]));
    const found: SqlDifference[] = [];
    for (const change of changes) {
      const oldSchema = schemaOf(old, change.node, view);
      const newSchema = schemaOf(now, change.node, view);
      const classification = await classifySqlChange(change.oldSql, change.newSql, {
        parser,
        oldSchema,
        newSchema,
      }).catch(
        // SQL that nobody can read is told of when it runs; here it is a change of unknown effect.
        (error: unknown) => {
          if (!String((error as { readonly code?: unknown }).code).startsWith('SQL_')) throw error;
          return null;
        },
      );
      found.push({ ...change, classification });
    }
    return found;
  } finally {
    duckdb.close();
  }
}

/** The columns of what a node reads, as far as they were ever seen, under every name that its SQL may use. */
function schemaOf(manifest: Manifest, id: NodeId, view: StateView): Schema {
  const schema: Record<string, { [column: string]: string }> = {};
  const { spec } = manifest.nodes[id] as ManifestNode;
  const inputs = 'inputs' in spec ? spec.inputs : [];
  for (const { ref, place } of inputs) {
    const columns = knownColumns(manifest.nodes[ref], view);
    if (columns === null) continue;
    const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
    schema[ref] = types;
    schema[place] = types;
    if (inputs.length === 1) schema['__THIS__'] = types;
  }
  return schema;
}
