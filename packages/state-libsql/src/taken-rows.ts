import { setEntry } from '@seeknal/state';

import { environmentFrom, environmentOf } from './environment-rows.ts';
import type { ClaimEntry, ScopeDocument, SnapshotState } from './focus.ts';
import { itemValue, snapshotState, type ItemText, type SnapshotText } from './scope-rows.ts';

/** Rows of environments, by name, of which more may come. */
export type EnvironmentsRead = Map<string, { body: unknown; readonly rows: Map<string, unknown> }>;

/** A scope after rows of snapshots were read. */
export function withSnapshotRows(scope: ScopeDocument, rows: readonly SnapshotText[]): ScopeDocument {
  if (rows.length === 0) return scope;
  const snapshots: { [id: string]: SnapshotState } = { ...scope.snapshots };
  const claims = new Map<string, readonly ClaimEntry[]>();
  for (const row of rows) {
    const [id] = row;
    setEntry(snapshots, id, snapshotState(row, Object.hasOwn(snapshots, id) ? snapshots[id] : undefined));
    claims.set(id, row[6]);
  }
  return { ...scope, snapshots, claims: withClaims(scope.claims, claims) };
}

/** A scope after rows of other fields were read; those of environments are only collected. */
export function withItemRows(
  scope: ScopeDocument,
  rows: readonly ItemText[],
  read: EnvironmentsRead,
): ScopeDocument {
  const fields: { [field: string]: unknown } = { ...scope };
  const copied = new Set<string>();
  for (const [field, key, , body] of rows) {
    const value = itemValue(body);
    const environment = field === 'environments' ? key : environmentOf(field);
    if (environment !== null) {
      const of = read.get(environment) ?? { body: null, rows: new Map<string, unknown>() };
      read.set(environment, of);
      if (field === 'environments') of.body = value;
      else of.rows.set(key, value);
    } else if (key === '') {
      fields[field] = value;
      if (value === undefined) delete fields[field];
    } else {
      if (!copied.has(field)) fields[field] = { ...(fields[field] as object | undefined) };
      copied.add(field);
      const entries = fields[field] as { [key: string]: unknown };
      if (value === undefined) delete entries[key];
      else setEntry(entries, key, value);
    }
  }
  return rows.length === 0 ? scope : (fields as unknown as ScopeDocument);
}

/** A scope with the environments whose rows were collected, all of them. */
export function withEnvironments(scope: ScopeDocument, read: EnvironmentsRead): ScopeDocument {
  if (read.size === 0) return scope;
  const environments = { ...scope.environments };
  for (const [name, { body, rows }] of read) {
    const before = Object.hasOwn(environments, name) ? environments[name] : undefined;
    const record = environmentFrom(before, body, rows);
    if (record === undefined) delete environments[name];
    else setEntry(environments, name, record);
  }
  return { ...scope, environments };
}

/** Replaces the claims on some snapshots. */
export function withClaims(
  claims: readonly ClaimEntry[],
  of: ReadonlyMap<string, readonly ClaimEntry[]>,
): readonly ClaimEntry[] {
  const others = claims.filter(({ snapshot }) => !of.has(snapshot));
  const added = [...of.values()].flat();
  return added.length === 0 && others.length === claims.length ? claims : [...others, ...added];
}
