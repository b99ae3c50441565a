import { inputsOf, sameJson, type JsonObject, type ManifestNode, type NodeId } from '@seeknal/manifest';
import {
  compareRows,
  foldCase,
  TermTable,
  type Impact,
  type Query,
  type RowsMeaning,
  type Term,
} from '@seeknal/sql-ast';
import { diffTrees, readableSql, type SqlEdit } from '@seeknal/sql-diff';

import { isContinued, isSalted, proofKey } from '../identity.ts';
import type { SaidCategory } from '../plan.ts';
import type { ResolvedNode } from '../resolve.ts';
import {
  hasTable,
  isOutput,
  type EnvironmentRecord,
  type SnapshotId,
  type SnapshotRecord,
  type StateView,
} from '../snapshot.ts';
import type { Cause, NodeImpact } from './node-impact.ts';
import { refutationOf, refutedText } from './refutation.ts';
import {
  everythingIn,
  nodeMeaning,
  tableMeaning,
  type NodeMeaning,
  type NodeVersion,
  type ParseSql,
} from './node-meaning.ts';
import { withTableNames } from './renamed-tables.ts';

/**
 * Compares every node that the environment has under another fingerprint with what it has, inputs first: what
 * the change does to its rows and columns, and whether the rows that are there may stay. Both versions are
 * bound here and now, each over its own inputs, so that nothing has to be carried from one node to the next:
 * a node's meaning holds what it takes over from those above.
 *
 * Only nodes with a changed definition, and those that read what they change, are parsed.
 */
export async function findReuse(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  state: StateView,
  environment: EnvironmentRecord | null,
  parse: ParseSql,
  said: ReadonlyMap<NodeId, SaidCategory> = new Map(),
): Promise<ReadonlyMap<NodeId, NodeImpact>> {
  const search = new Search(resolved, state, environment, parse, said);
  const found = new Map<NodeId, NodeImpact>();
  for (const [id, node] of resolved) {
    const from = state.snapshots[environment?.pointers[id]?.snapshot ?? ''];
    if (node.record !== null || from === undefined) continue;
    found.set(id, await search.compare(node, from));
  }
  return found;
}

/** One comparison of an environment with a manifest: meanings are found once and share their terms. */
class Search {
  readonly #resolved: ReadonlyMap<NodeId, ResolvedNode>;
  /** By the snapshots that stand for them; without those that the environment moves to. */
  readonly #current: ReadonlyMap<SnapshotId, ResolvedNode>;
  readonly #state: StateView;
  readonly #parse: ParseSql;
  readonly #said: ReadonlyMap<NodeId, SaidCategory>;
  readonly #terms = new TermTable();
  /** Of nodes as the manifest has them. */
  readonly #now = new Map<NodeId, NodeMeaning>();
  readonly #before = new Map<SnapshotId, NodeMeaning>();
  readonly #byDefinition = new Map<SnapshotId, NodeMeaning>();
  /** What nodes keep of what is there. */
  readonly #kept = new Map<NodeId, SnapshotId>();
  /** Of nodes as the manifest has them, over the tables that they read as such. */
  readonly #reading = new Map<NodeId, NodeMeaning>();

  constructor(
    resolved: ReadonlyMap<NodeId, ResolvedNode>,
    state: StateView,
    environment: EnvironmentRecord | null,
    parse: ParseSql,
    said: ReadonlyMap<NodeId, SaidCategory>,
  ) {
    this.#said = said;
    this.#resolved = resolved;
    const staying = [...resolved.values()].filter(
      (node) => said.has(node.node.id) || !isMovedTo(node, environment),
    );
    this.#current = new Map(staying.map((node) => [node.snapshot.id, node]));
    this.#state = state;
    const known = new Map<string, Promise<Query>>();
    this.#parse = (sql) => {
      const found = known.get(sql) ?? parse(sql);
      known.set(sql, found);
      return found;
    };
  }

  async compare(node: ResolvedNode, from: SnapshotRecord): Promise<NodeImpact> {
    const { id } = node.node;
    const above = await this.#inputPairs(node, from);
    const definition = definitionBefore(from, above);
    const isOwn = !sameJson(node.node.definition, definition);
    const areInputsSame = above.every(({ now, old }) => old !== null && sameRows(now, old));
    const refutation = refutationOf(proofKey(node.node, node.identity, from.id), this.#state);
    const isNamedAlike = above.every(({ formerly }) => formerly === null || !mentions(node, formerly));
    const said = this.#said.get(id);
    const isTrusted = refutation === undefined && said !== 'BREAKING';
    const isUntouched = !isOwn && areInputsSame && isNamedAlike && isTrusted;
    const table = (): NodeMeaning => tableMeaning(id, from.id, from.columns, this.#terms);
    // Nothing that it is made from differs: its meaning is that of the rows that are there.
    const before = isUntouched
      ? (this.#before.get(from.id) ?? table())
      : await this.#meaningByDefinition(from);
    if (isUntouched) this.#before.set(from.id, before);
    const found = isUntouched ? before : await this.#meaningNow(node);
    // What was seen to be otherwise counts, whatever is thought of the query: for those that read it as well.
    const isOther = refutation !== undefined || said === 'BREAKING';
    const now = isOther ? { ...found, rows: this.#terms.fresh('others', [found.rows]) } : found;
    this.#now.set(id, now);
    const impact = now === before ? NO_IMPACT : compareRows(before, now, foldCase);
    const isOverTheSame = areInputsSame && above.every(({ node: input }) => this.#isAsItWas(input));
    // A file under another name is the same file. A rule over the very tables that it was checked over has its
    // result, and an export of them its file. Nothing else that has no table stays.
    const { materialization } = node.snapshot;
    const hasRows =
      hasTable(materialization) ||
      (isUntouched && materialization === 'source') ||
      (isUntouched && isOutput(materialization) && this.#isOverVeryTables(node, from));
    const canKeep = hasRows && from.materialization === materialization;
    const isKept = canKeep && !now.isVolatile && isNone(impact) && from.dropping !== true;
    if (isKept) this.#kept.set(id, from.id);
    if (!isKept && hasTable(from.materialization) && canKeep && said === 'NON_BREAKING') {
      this.#now.set(id, asBefore(now, before));
    }
    // Those that read it have its rows, which a definition before this one may have made.
    if (isKept && isContinued(from.id)) this.#now.set(id, await this.#meaningBefore(from));
    // What it reads matters where something above is built anew, or differs.
    const reads = isOverTheSame ? {} : readsIn(await this.#meaningReading(node), node, this.#terms);
    const sql = shownSql(sqlOf(definition), sqlOf(node.node.definition));
    return {
      node: id,
      from: from.id,
      impact,
      isOwn,
      isKept,
      causes: causesOf(
        above,
        await this.#withFormerReads(reads, above, from, isOwn, now.problems.length > 0),
      ),
      reads,
      doubts: now.doubts,
      onWord: isKept ? this.#takenOnWord(node) : [],
      problems: now.problems,
      refuted: refutation === undefined ? null : refutedText(refutation, now.unstable),
      edits: await this.#edits(sql),
      sql,
    };
  }

  /**
   * What a node reads, and what it read of inputs that lack columns now: those cannot be found in a query bound
   * without them. A query as it was that does not bind any more reads what it read, and not all that is in
   * reach of the lost name; one that was edited and binds can do without.
   */
  async #withFormerReads(
    reads: NodeImpact['reads'],
    above: readonly InputPair[],
    from: SnapshotRecord,
    isOwn: boolean,
    isBroken: boolean,
  ): Promise<NodeImpact['reads']> {
    const losing = above.filter(({ now, old }) => old !== null && lacksSome(now, old));
    if ((isOwn && !isBroken) || losing.length === 0) return reads;
    const version = await this.#versionBefore(from);
    const inputs = version.inputs.map((input) => {
      const now = above.find(({ formerly }) => formerly === input.node)?.node ?? input.node;
      return { ...input, meaning: this.#asTable(now, 'former', input.meaning) };
    });
    const former = await nodeMeaning({ ...version, columns: null, inputs }, this.#parse, this.#terms);
    const sources = this.#terms.sources([everythingIn(former, this.#terms)], true);
    const more = losing.map(({ node }): [NodeId, readonly string[]] => {
      const own = sources.flatMap(({ table, column }) => (table === node ? [column] : []));
      return [node, [...new Set([...(isBroken && !isOwn ? [] : (reads[node] ?? [])), ...own])]];
    });
    return { ...reads, ...Object.fromEntries(more) };
  }

  /** Rows as a table of their own: what is read of it is told by its columns. */
  #asTable(node: NodeId, of: string, { columns, open }: RowsMeaning): NodeMeaning {
    if (open !== null) return openTableOf(node, of, this.#terms);
    return tableMeaning(
      node,
      `${of} ${node}`,
      columns.map(({ name }) => ({ name, type: '' })),
      this.#terms,
    );
  }

  /**
   * Whether every input is the table that the result, or the file, was made from. Equal definitions are not enough:
   * data may have moved between two tables, and what has no table is not compared.
   */
  #isOverVeryTables({ snapshot }: ResolvedNode, from: SnapshotRecord): boolean {
    return snapshot.inputs.every(({ place, node, snapshot: found }) => {
      const id = this.#kept.get(node) ?? found;
      const isView = (this.#resolved.get(node) as ResolvedNode).snapshot.materialization === 'view';
      return !isView && from.inputs.some((before) => before.place === place && before.snapshot === id);
    });
  }

  /** What it reads, views seen through, and is only said to have the rows that it had. */
  #takenOnWord({ snapshot }: ResolvedNode): readonly NodeId[] {
    const read = snapshot.reads.map(({ node }) => node);
    return read.filter((id) => this.#said.get(id) === 'NON_BREAKING' && !this.#kept.has(id));
  }

  /** Whether a node's rows are those that its readers were made from, in the same table. */
  #isAsItWas(id: NodeId): boolean {
    const of = this.#resolved.get(id);
    return (
      of !== undefined &&
      of.snapshot.materialization !== 'view' &&
      (this.#current.has(of.record?.id ?? '') || this.#kept.has(id))
    );
  }

  async #edits({ old, new: now }: NodeImpact['sql']): Promise<readonly SqlEdit[]> {
    if (old === null || now === null || old === now) return [];
    try {
      return diffTrees(await this.#parse(old), await this.#parse(now), { oldText: old, newText: now });
    } catch {
      // What is no query has no edits; its meaning says why.
      return [];
    }
  }

  /** Every input as it is now beside the same input as it was. */
  async #inputPairs(node: ResolvedNode, from: SnapshotRecord): Promise<readonly InputPair[]> {
    const pairs: InputPair[] = [];
    for (const { ref, place } of inputsOf(node.node.spec)) {
      const input = this.#resolved.get(ref) as ResolvedNode;
      const names = new Set([ref, ...(input.snapshot.formerNodes ?? [])]);
      const before = from.inputs.find((each) => names.has(each.node) && each.place === place);
      const record = before === undefined ? undefined : this.#state.snapshots[before.snapshot];
      pairs.push({
        node: ref,
        formerly: before === undefined || before.node === ref ? null : before.node,
        now: await this.#meaningNow(input),
        old: record === undefined ? null : await this.#meaningBefore(record),
      });
    }
    return pairs;
  }

  async #meaningNow(of: ResolvedNode): Promise<NodeMeaning> {
    const { id } = of.node;
    const known = this.#now.get(id);
    if (known !== undefined) return known;
    const found =
      of.record !== null
        ? await this.#meaningBefore(of.record)
        : await nodeMeaning(
            await this.#versionNow(of, (input) => this.#meaningNow(input)),
            this.#parse,
            this.#terms,
          );
    this.#now.set(id, found);
    return found;
  }

  /**
   * The table where it is read as it is and was, or where no one definition made it; else what its definition makes of
   * what it was made from.
   */
  async #meaningBefore(record: SnapshotRecord): Promise<NodeMeaning> {
    const known = this.#before.get(record.id);
    if (known !== undefined) return known;
    const current = record.materialization === 'view' ? undefined : this.#current.get(record.id);
    const isTable = current !== undefined || isContinued(record.id);
    const found = isTable
      ? tableMeaning(current?.node.id ?? record.node, record.id, record.columns, this.#terms)
      : await this.#meaningByDefinition(record);
    this.#before.set(record.id, found);
    return found;
  }

  async #meaningByDefinition(record: SnapshotRecord): Promise<NodeMeaning> {
    const known = this.#byDefinition.get(record.id);
    if (known !== undefined) return known;
    const found = await nodeMeaning(await this.#versionBefore(record), this.#parse, this.#terms);
    this.#byDefinition.set(record.id, found);
    return found;
  }

  async #versionBefore(record: SnapshotRecord): Promise<NodeVersion> {
    const { node, definition, materialization, timeColumn, columns } = record;
    const inputs = [];
    for (const input of record.inputs) {
      const of = this.#state.snapshots[input.snapshot];
      const meaning =
        of === undefined
          ? tableMeaning(input.node, input.snapshot, null, this.#terms)
          : await this.#meaningBefore(of);
      inputs.push({ place: input.place, node: input.node, meaning });
    }
    return { node, definition, materialization, timeColumn, columns, inputs };
  }

  async #versionNow(
    of: ResolvedNode,
    meaningOf: (input: ResolvedNode) => Promise<NodeMeaning>,
  ): Promise<NodeVersion> {
    const { node, snapshot } = of;
    const inputs = [];
    for (const { ref, place } of inputsOf(node.spec)) {
      inputs.push({ place, node: ref, meaning: await meaningOf(this.#resolved.get(ref) as ResolvedNode) });
    }
    return {
      node: node.id,
      definition: node.definition,
      materialization: snapshot.materialization,
      timeColumn: snapshot.timeColumn,
      columns: null,
      inputs,
    };
  }

  /** The query over its inputs as tables, views seen through: what it reads of each. */
  async #meaningReading(of: ResolvedNode): Promise<NodeMeaning> {
    const known = this.#reading.get(of.node.id);
    if (known !== undefined) return known;
    const version = await this.#versionNow(of, async (input) => {
      if (input.snapshot.materialization === 'view') return this.#meaningReading(input);
      return this.#asTable(input.node.id, 'reading', await this.#meaningNow(input));
    });
    const found = await nodeMeaning(version, this.#parse, this.#terms);
    this.#reading.set(of.node.id, found);
    return found;
  }
}

/** The environment that may write all the tables that it shows. */
const PRODUCTION = 'prod';

/**
 * Whether `prod` is to show rows of a node that are there already, made for another environment: they are
 * compared with those that it shows as if they were made now. That data moved between the two is found by their
 * rows before anything is shown, and what was kept over them runs again; elsewhere it may not be written, so that
 * it would be kept again by every new plan. Rows that carry a salt stand for themselves.
 */
function isMovedTo({ node, snapshot, record }: ResolvedNode, environment: EnvironmentRecord | null): boolean {
  if (environment?.name !== PRODUCTION) return false;
  const pointed = environment.pointers[node.id]?.snapshot ?? snapshot.id;
  return record !== null && pointed !== snapshot.id && !isSalted(pointed) && !isSalted(snapshot.id);
}

interface InputPair {
  readonly node: NodeId;
  /** What it was called when it was read; null: the same. */
  readonly formerly: NodeId | null;
  readonly now: NodeMeaning;
  /** Null: it was not an input before, or nothing is known of what it was. */
  readonly old: NodeMeaning | null;
}

/** A definition as it would be written with the names that its inputs have now. */
function definitionBefore({ definition }: SnapshotRecord, above: readonly InputPair[]): JsonObject {
  const names = new Map(
    above.flatMap(({ node, formerly }) => (formerly === null ? [] : [[formerly, node] as const])),
  );
  const { sql } = definition;
  const isKnown = above.every(({ now, old }) => now.open === null && (old?.open ?? null) === null);
  if (names.size === 0 || typeof sql !== 'string' || !isKnown) return definition;
  const columns = above.flatMap(({ now, old }) => [...now.columns, ...(old?.columns ?? [])]);
  const renamed = withTableNames(
    sql,
    names,
    columns.map(({ name }) => name),
  );
  return renamed === null ? definition : { ...definition, sql: renamed };
}

/** Whether a definition may speak of a node by a name, in its query or anywhere else. */
function mentions({ node }: ResolvedNode, id: NodeId): boolean {
  const words = foldCase(id).replace('.', String.raw`\W+`);
  const text = foldCase(JSON.stringify(node.definition));
  return new RegExp(String.raw`\b${words}\b`, 'u').test(text);
}

/** What is said to have the rows and columns that it had, and to add columns at most. */
const asBefore = (now: NodeMeaning, before: NodeMeaning): NodeMeaning => ({
  ...before,
  columns: now.columns.map(
    (column) => before.columns.find(({ name }) => foldCase(name) === foldCase(column.name)) ?? column,
  ),
  problems: now.problems,
  doubts: now.doubts,
});

/** A table whose columns are not known yet: any name may be one of them. */
function openTableOf(node: NodeId, of: string, terms: TermTable): NodeMeaning {
  return {
    ...tableMeaning(node, `${of} ${node}`, [], terms),
    open: (column) => terms.source({ table: node, column: foldCase(column) }, null),
  };
}

const sqlOf = (definition: ManifestNode['definition']): string | null =>
  typeof definition['sql'] === 'string' ? definition['sql'] : null;

/** Both versions; where they differ over several lines, so that people can compare them. */
function shownSql(old: string | null, now: string | null): NodeImpact['sql'] {
  if (old === null || now === null || old === now) return { old, new: now };
  try {
    return { old: readableSql(old), new: readableSql(now) };
  } catch {
    // What no lexer reads is shown as it is.
    return { old, new: now };
  }
}

const NO_IMPACT: Impact = { rows: false, changed: [], added: [], removed: [], shape: false };

const isNone = ({ rows, changed, added, removed, shape }: Impact): boolean =>
  !rows && !shape && changed.length + added.length + removed.length === 0;

/** Whether nothing that a reader could see differs. */
function sameRows(a: RowsMeaning, b: RowsMeaning): boolean {
  return (
    a.rows === b.rows &&
    a.order === b.order &&
    a.open?.('*') === b.open?.('*') &&
    a.columns.length === b.columns.length &&
    a.columns.every(
      ({ name, value }, index) => b.columns[index]?.name === name && b.columns[index].value === value,
    )
  );
}

/** Whether a column that was there is not there any more. */
function lacksSome(now: RowsMeaning, old: RowsMeaning): boolean {
  const names = new Set(now.columns.map(({ name }) => foldCase(name)));
  return now.open === null && old.columns.some(({ name }) => !names.has(foldCase(name)));
}

/** Columns read of each table, each once, sorted. What reads a whole table reads `*`. */
function readsIn(meaning: NodeMeaning, node: ResolvedNode, terms: TermTable): NodeImpact['reads'] {
  const everything: Term = everythingIn(meaning, terms);
  const reads = new Map<NodeId, Set<string>>(node.snapshot.reads.map((read) => [read.node, new Set()]));
  for (const { table, column } of terms.sources([everything], true)) reads.get(table)?.add(column);
  return Object.fromEntries([...reads].map(([id, columns]) => [id, [...columns].toSorted()]));
}

/** What differs above, as far as this node reads it. */
function causesOf(above: readonly InputPair[], reads: NodeImpact['reads']): readonly Cause[] {
  const causes = new Map<NodeId, Cause>();
  for (const { node, now, old } of above) {
    if (old === null) {
      causes.set(node, { node, rows: true, columns: [] });
      continue;
    }
    if (sameRows(now, old)) continue;
    const impact = compareRows(old, now, foldCase);
    const own = reads[node];
    const differing = [...impact.changed, ...impact.added, ...impact.removed];
    const columns =
      own === undefined || own.includes('*')
        ? differing
        : differing.filter((name) => own.includes(foldCase(name)));
    if (impact.rows || columns.length > 0 || impact.shape)
      causes.set(node, { node, rows: impact.rows, columns });
  }
  return [...causes.values()];
}
