import { setEntry, EMPTY_DOCUMENT, type StateDocument } from '@seeknal/state';
import { sql, type SQL } from 'drizzle-orm';

import { EMPTY_SCOPE, type Part } from './focus.ts';
import { nodeRow, runRow } from './guard.ts';
import { nodeOf, runOf } from './run-rows.ts';
import { nodeState, runState, stateItem, stateLock, stateMeta } from './schema.ts';
import type { ScopeCopy } from './scope-copy.ts';
import { numberOf, statement, textOf, type Row, type Statement } from './statement.ts';

/** The statements that read a part, and what their rows add to a document. */
export interface PartReader {
  readonly statements: readonly Statement[];
  /** @param meta Epoch and token at which they were read. */
  take(answers: readonly (readonly Row[])[], into: Reading, meta: Row | undefined): void;
}

/** What has been read of the state so far. */
export interface Reading {
  document: StateDocument;
  /** Versions of the single rows read. */
  readonly rows: Map<string, number>;
  /** The epoch of which what was asked for of each scope is. */
  readonly known: Map<string, number>;
  /** Whether nothing is left to be read of the parts. */
  isComplete: boolean;
}

export const emptyReading = (): Reading => ({
  document: EMPTY_DOCUMENT,
  rows: new Map(),
  known: new Map(),
  isComplete: true,
});

export function partReader(
  part: Exclude<Part, { kind: 'everything' }>,
  copyOf: (key: string) => ScopeCopy,
): PartReader {
  switch (part.kind) {
    case 'runs':
      return runsReader(sql`1`);
    case 'run':
      return runsReader(sql`run_id = ${part.run}`);
    case 'node':
      return nodesReader(sql`run_id = ${part.run} AND node_id = ${part.node}`);
    case 'nodes':
      return nodesReader(sql`run_id = ${part.run}`);
    case 'locks':
      return locksReader;
    case 'manifests':
      return manifestsReader;
    case 'scope': {
      const copy = copyOf(part.key);
      const next = copy.next(part.only);
      return {
        statements: next.statements,
        take: (answers, into, meta) => {
          next.take(answers, meta);
          const scopes = { ...into.document.scopes, [part.key]: copy.document };
          into.document = { ...into.document, scopes };
          into.known.set(part.key, next.isPart ? numberOf(meta, 'epoch') : copy.known);
          into.isComplete &&= copy.isComplete;
        },
      };
    }
  }
}

const runsReader = (condition: SQL): PartReader => ({
  statements: [statement(sql`SELECT * FROM ${runState} WHERE ${condition} ORDER BY made_version, rowid`)],
  take: ([rows = []], into) => {
    for (const row of rows) note(into, runRow(textOf(row, 'run_id')), row);
    const known = new Set(into.document.runs.map(({ runId }) => runId));
    const runs = rows.map(runOf).filter(({ runId }) => !known.has(runId));
    into.document = { ...into.document, runs: [...into.document.runs, ...runs] };
  },
});

const nodesReader = (condition: SQL): PartReader => ({
  statements: [statement(sql`SELECT * FROM ${nodeState} WHERE ${condition}`)],
  take: ([rows = []], into) => {
    const nodes: { [run: string]: { [node: string]: ReturnType<typeof nodeOf> } } = {};
    for (const row of rows) {
      const [run, node] = [textOf(row, 'run_id'), textOf(row, 'node_id')];
      note(into, nodeRow(run, node), row);
      if (!Object.hasOwn(nodes, run)) setEntry(nodes, run, { ...own(into.document.nodes, run) });
      setEntry(own(nodes, run) ?? {}, node, nodeOf(row));
    }
    into.document = { ...into.document, nodes: { ...into.document.nodes, ...nodes } };
  },
});

const manifestsReader: PartReader = {
  statements: [
    statement(sql`SELECT scope, key, body FROM ${stateItem} WHERE field = 'manifests' AND body <> ''`),
  ],
  take: ([rows = []], into) => {
    const scopes = { ...into.document.scopes };
    for (const row of rows) {
      const [scope, id] = [textOf(row, 'scope'), textOf(row, 'key')];
      const before = own(scopes, scope) ?? EMPTY_SCOPE;
      const manifests = { ...before.manifests, [id]: numberOf(row, 'body') };
      // What is there already is the whole scope.
      if (own(into.document.scopes, scope) === undefined) setEntry(scopes, scope, { ...before, manifests });
    }
    into.document = { ...into.document, scopes };
  },
};

const locksReader: PartReader = {
  statements: [
    statement(sql`SELECT * FROM ${stateLock}`),
    statement(sql`SELECT lock_fence FROM ${stateMeta}`),
  ],
  take: ([rows = [], meta = []], into) => {
    const locks = Object.fromEntries(
      rows.map((row) => [
        textOf(row, 'name'),
        {
          holder: textOf(row, 'holder'),
          fence: numberOf(row, 'fence'),
          expiresAt: numberOf(row, 'expires_at'),
        },
      ]),
    );
    into.document = { ...into.document, locks, lockFence: numberOf(meta[0], 'lock_fence') };
  },
};

function note(into: Reading, key: string, row: Row): void {
  into.rows.set(key, numberOf(row, 'version'));
}

const own = <T>(entries: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;
