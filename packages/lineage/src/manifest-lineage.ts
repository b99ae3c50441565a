import type { NodeId } from '@seeknal/manifest';

import { LineageError } from './errors.ts';
import type { ColumnOrigin, NodeColumn, NodeLineage } from './node-lineage.ts';

/** What of a node something is made from. */
export interface Upstream {
  readonly node: NodeId;
  /** Columns that its value is computed from. */
  readonly columns: readonly string[];
  /** Columns that decide which rows there are on the way. */
  readonly rowColumns: readonly string[];
}

/** What of a node is made from something. */
export interface Downstream {
  readonly node: NodeId;
  /** Columns whose values are computed from it. */
  readonly columns: readonly string[];
  /** Whether it decides which rows there are: then every column may differ. */
  readonly rows: boolean;
}

/** Where every column of a project comes from and goes to, over any number of nodes. */
export class ManifestLineage {
  /** In topological order. */
  readonly nodes: ReadonlyMap<NodeId, NodeLineage>;
  readonly #columns: ReadonlyMap<NodeId, ReadonlyMap<string, ColumnOrigin>>;
  #readers: Readers | undefined;

  /** @param nodes In topological order, as `LineageBuilder` makes them. */
  constructor(nodes: readonly NodeLineage[]) {
    this.nodes = new Map(nodes.map((each) => [each.node, each]));
    this.#columns = new Map(nodes.map(({ node, columns }) => [node, byName(columns)]));
  }

  /**
   * The node that a name stands for, and the column: `transform.daily`, `transform.daily.revenue`, `daily.revenue`
   * where only one node is called so. The longest name of a node wins.
   *
   * @throws {LineageError} `LINEAGE_NODE_UNKNOWN`, `LINEAGE_COLUMN_UNKNOWN`.
   */
  find(name: string): { readonly node: NodeId; readonly column: string | null } {
    const parts = name.split('.');
    for (let length = parts.length; length > 0; length -= 1) {
      const node = this.#named(parts.slice(0, length).join('.'));
      if (node === undefined) continue;
      const rest = parts.slice(length).join('.');
      return { node, column: rest === '' ? null : this.#column(node, rest) };
    }
    const ids = [...this.nodes.keys()];
    const bare = ids.map((id) => id.slice(id.indexOf('.') + 1));
    const column = parts.at(-1) as string;
    throw LineageError.nodeUnknown(name, [...ids, ...bare, ...ids.map((id) => `${id}.${column}`)]);
  }

  /**
   * Everything above a column, or above a whole node: what its values are computed from, and what decides its
   * rows. In topological order, the node itself left out.
   *
   * @throws {LineageError} As `find`.
   */
  upstream(node: NodeId, column: string | null = null): readonly Upstream[] {
    const values = new Map<NodeId, Set<string>>();
    const deciding = new Map<NodeId, Set<string>>();
    const left: Step[] = this.#start(node, column).map((name) => ({ node, column: name, decides: false }));
    if (column === null) left.push({ node, column: null, decides: true });
    for (let step = left.pop(); step !== undefined; step = left.pop()) {
      const { decides } = step;
      if (!add(decides ? deciding : values, step.node, step.column ?? ROWS)) continue;
      const known = this.nodes.get(step.node);
      if (known === undefined) continue;
      if (step.column === null) {
        left.push(...known.inputs.map((input) => ({ node: input, column: null, decides })));
      } else left.push({ node: step.node, column: null, decides: true });
      for (const from of step.column === null ? known.rowSources : this.#sources(step.node, step.column))
        left.push(...this.#items(from).map((name) => ({ node: from.node, column: name, decides })));
    }
    deciding.delete(node);
    // The rows of whatever is read decide, so all that was met is among them.
    return this.#inOrder([...deciding.keys()]).map((id) => ({
      node: id,
      columns: [...(values.get(id) ?? [])].toSorted(),
      rowColumns: [...(deciding.get(id) as ReadonlySet<string>)].filter((name) => name !== ROWS).toSorted(),
    }));
  }

  /**
   * Everything below a column, or below a whole node: the columns computed from it, and the nodes whose rows it
   * decides. In topological order, the node itself left out.
   *
   * @throws {LineageError} As `find`.
   */
  downstream(node: NodeId, column: string | null = null): readonly Downstream[] {
    this.#readers ??= readersOf(this.nodes.values());
    const readers = this.#readers;
    const met = new Map<NodeId, Set<string>>();
    const left: { readonly node: NodeId; readonly column: string | null }[] = this.#start(node, column).map(
      (name) => ({ node, column: name }),
    );
    if (column === null) left.push({ node, column: null });
    for (let step = left.pop(); step !== undefined; step = left.pop()) {
      if (!add(met, step.node, step.column ?? ROWS)) continue;
      if (step.column === null) {
        left.push(...(readers.ofRows.get(step.node) ?? []).map((reader) => ({ node: reader, column: null })));
        continue;
      }
      const of = readers.ofColumns.get(step.node);
      left.push(...(of?.get(step.column.toLowerCase()) ?? []));
      if (step.column !== '*') left.push(...(of?.get('*') ?? []));
    }
    met.delete(node);
    return this.#inOrder([...met.keys()]).map((id) => {
      const names = met.get(id) as ReadonlySet<string>;
      return {
        node: id,
        columns: [...names].filter((name) => name !== ROWS).toSorted(),
        rows: names.has(ROWS),
      };
    });
  }

  #named(name: string): NodeId | undefined {
    if (this.nodes.has(name)) return name;
    const folded = name.toLowerCase();
    const found = [...this.nodes.keys()].filter(
      (id) => id.toLowerCase() === folded || id.slice(id.indexOf('.') + 1).toLowerCase() === folded,
    );
    return found.length === 1 ? found[0] : undefined;
  }

  #column(node: NodeId, column: string): string {
    const known = this.#columns.get(node) as ReadonlyMap<string, ColumnOrigin>;
    const found = known.get(column.toLowerCase())?.name ?? (known.has('*') ? '*' : undefined);
    if (found !== undefined) return found;
    throw LineageError.columnUnknown(
      node,
      column,
      [...known.values()].map(({ name }) => name),
    );
  }

  #start(node: NodeId, column: string | null): readonly string[] {
    const known = this.nodes.get(node);
    if (known === undefined) throw LineageError.nodeUnknown(node, this.nodes.keys());
    return column === null ? known.columns.map(({ name }) => name) : [this.#column(node, column)];
  }

  #sources(node: NodeId, column: string): readonly NodeColumn[] {
    return this.#columns.get(node)?.get(column.toLowerCase())?.sources ?? [];
  }

  /** The columns that a source stands for: a star is every column of the node. */
  #items({ node, column }: NodeColumn): readonly string[] {
    const known = this.#columns.get(node);
    if (known === undefined) return [column];
    return column === '*'
      ? [...known.values()].map(({ name }) => name)
      : [known.get(column.toLowerCase())?.name ?? column];
  }

  /** Nodes as the manifest has them, behind tables that are not in it. */
  #inOrder(ids: readonly NodeId[]): readonly NodeId[] {
    const outside = ids.filter((id) => !this.nodes.has(id));
    const wanted = new Set(ids);
    return [...outside.toSorted(), ...[...this.nodes.keys()].filter((id) => wanted.has(id))];
  }
}

/** Stands among the columns of a node for which rows there are. No column is called so. */
const ROWS = '\u0000rows';

interface Step {
  readonly node: NodeId;
  /** Null: which rows there are. */
  readonly column: string | null;
  /** Whether it decides rows, rather than values. */
  readonly decides: boolean;
}

interface Readers {
  readonly ofRows: ReadonlyMap<NodeId, readonly NodeId[]>;
  readonly ofColumns: ReadonlyMap<
    NodeId,
    ReadonlyMap<string, readonly { readonly node: NodeId; readonly column: string | null }[]>
  >;
}

const byName = (columns: readonly ColumnOrigin[]): ReadonlyMap<string, ColumnOrigin> =>
  new Map(columns.map((column) => [column.name.toLowerCase(), column]));

/** Whether it was not there yet. */
function add(to: Map<NodeId, Set<string>>, node: NodeId, name: string): boolean {
  const known = to.get(node) ?? new Set();
  to.set(node, known);
  return known.size < known.add(name).size;
}

function readersOf(nodes: Iterable<NodeLineage>): Readers {
  const ofRows = new Map<NodeId, NodeId[]>();
  const ofColumns = new Map<NodeId, Map<string, { node: NodeId; column: string | null }[]>>();
  const note = ({ node, column }: NodeColumn, reader: { node: NodeId; column: string | null }): void => {
    const columns = ofColumns.get(node) ?? new Map<string, { node: NodeId; column: string | null }[]>();
    ofColumns.set(node, columns);
    const name = column.toLowerCase();
    const readers = columns.get(name);
    if (readers === undefined) columns.set(name, [reader]);
    else readers.push(reader);
  };
  for (const { node, columns, rowSources, inputs } of nodes) {
    for (const { name, sources } of columns)
      for (const source of sources) note(source, { node, column: name });
    for (const source of rowSources) note(source, { node, column: null });
    for (const input of inputs) {
      const readers = ofRows.get(input);
      if (readers === undefined) ofRows.set(input, [node]);
      else readers.push(node);
    }
  }
  return { ofRows, ofColumns };
}
