import type { Manifest, ManifestNode, NodeId } from '@seeknal/manifest';
import type { Dialect, Query, Schema } from '@seeknal/sql-ast';

import { columnLineage } from './column-lineage.ts';
import { ManifestLineage } from './manifest-lineage.ts';
import { mentioned } from './mentioned.ts';
import type { NodeReading } from './node-reading.ts';
import { readNode } from './read-node.ts';

/** The columns of one query and what each is computed from. */
export interface ColumnLineage {
  readonly outputColumns: readonly string[];
  /** By output column: `table.column`, sorted. */
  readonly inputDependencies: { readonly [column: string]: readonly string[] };
}

export interface LineageBuilderOptions {
  /** Reads one query; asked once for each text. What it throws is noted, and the node reads everything. */
  readonly parse: (sql: string) => Query | Promise<Query>;
  /** Default: `duckdb`. */
  readonly dialect?: Dialect;
  /** All columns that a node is known to have, as its table has them; null or absent: only what the SQL says. */
  readonly columns?: (node: NodeId) => readonly string[] | null;
}

/** Builds the graph of columns, of one query or of a whole project. */
export class LineageBuilder {
  readonly #options: LineageBuilderOptions;

  constructor(options: LineageBuilderOptions) {
    this.#options = options;
  }

  /**
   * The columns of one query.
   *
   * @throws What `parse` throws.
   */
  async extract(sql: string, schema: Schema = {}): Promise<ColumnLineage> {
    const { parse, dialect = 'duckdb' } = this.#options;
    const { columns } = columnLineage(await parse(sql), { schema, dialect });
    return {
      outputColumns: columns.map(({ name }) => name),
      inputDependencies: Object.fromEntries(columns.map(({ name, sources }) => [name, sources])),
    };
  }

  /**
   * Follows every column of every node one step up, inputs first, so that stars and names of one node are bound
   * to the columns of another. What cannot be read counts as reading everything, and is noted.
   */
  async build(manifest: Manifest): Promise<ManifestLineage> {
    const { dialect = 'duckdb', columns = () => null } = this.#options;
    const all = Object.values(manifest.nodes);
    const nodes = new Map(all.map(({ id }) => [id.toLowerCase(), id]));
    const readings = new Map<NodeId, NodeReading>();
    const queries = new Map<string, Promise<Query | string>>();
    for (const node of all) {
      const sql = sqlOf(node);
      const query = sql === null ? null : (queries.get(sql) ?? this.#parse(sql));
      if (sql !== null && query !== null) queries.set(sql, query);
      readings.set(
        node.id,
        readNode(node, {
          dialect,
          nodes,
          columnsOf: (id) => readings.get(id),
          recorded: columns(node.id),
          query: await query,
        }),
      );
    }
    return new ManifestLineage(
      mentioned(
        all.map(({ id, type }) => ({ node: id, kind: type, reading: readings.get(id) as NodeReading })),
      ),
    );
  }

  async #parse(sql: string): Promise<Query | string> {
    try {
      return await this.#options.parse(sql);
    } catch (error) {
      return `its SQL cannot be read: ${(error as { readonly message: string }).message}`;
    }
  }
}

/** The canonical text; a definition that keeps its template besides has branches that the text does not show. */
function sqlOf({ spec, definition: { sql, template } }: ManifestNode): string | null {
  return spec.kind === 'transform' && typeof sql === 'string' && template === undefined ? sql : null;
}
