import { foldCase } from './keywords.ts';
import type { TreeNode } from './tree-fields.ts';
import type { Query, Span, TableRelation } from './tree.ts';
import { children } from './walk.ts';

/** A mention of something outside the query: a table, a view, a file. */
export interface TableReference {
  /** As spelt, one to three parts; the path of a file is one. */
  readonly name: readonly string[];
  readonly alias: string | null;
  readonly span: Span | null;
  /** Where it stands in the tree. */
  readonly relation: TableRelation;
  /** The query it stands in: an index into `scopes`. */
  readonly scope: number;
}

/** A query of the text with what it can see. */
export interface QueryScope {
  readonly query: Query;
  /** The query it stands in: an index into `scopes`; null for the outermost. */
  readonly parent: number | null;
  /** The CTEs that its body may name, those of the queries around it included, in small letters. */
  readonly visible: readonly string[];
  /** The CTEs that its body does name, in small letters and in order of mention. */
  readonly ctes: readonly string[];
}

export interface TableReferences {
  /** In the order of the text. */
  readonly tables: readonly TableReference[];
  /** The outermost query first. */
  readonly scopes: readonly QueryScope[];
  /** Why there may be tables that are not listed; null: all are. */
  readonly unknown: string | null;
}

/** A name that stands for a CTE, before all that were seen earlier. */
interface Visible {
  readonly name: string;
  readonly outer: Visible | null;
}

interface Waiting {
  readonly node: TreeNode;
  readonly scope: number;
  readonly visible: Visible | null;
}

/**
 * What a query reads from outside. A CTE hides a table of one part from what follows it in its WITH list and
 * from the query it belongs to; its own text sees it only where it is recursive. Not recursive itself: a query
 * of any depth is fine.
 */
export function tableReferences(query: Query): TableReferences {
  const tables: TableReference[] = [];
  const scopes: { query: Query; parent: number | null; visible: readonly string[]; ctes: string[] }[] = [];
  let unknown: string | null = null;
  const waiting: Waiting[] = [{ node: query, scope: -1, visible: null }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    let { scope } = next;
    unknown ??= blindness(node);
    if (node.kind === 'table') {
      const cte = cteOf(node, next.visible);
      if (cte === null) {
        const { name, alias, span } = node;
        tables.push({ name, alias, span, relation: node, scope });
      } else scopes[scope]?.ctes.push(cte);
    }
    const below = isQuery(node) ? belowQuery(node, next.visible) : null;
    if (below !== null) {
      const parent = scope === -1 ? null : scope;
      scope = scopes.length;
      scopes.push({ query: node as Query, parent, visible: names(below.visible), ctes: [] });
    }
    if (below !== null) for (const part of below.parts.toReversed()) waiting.push({ ...part, scope });
    else
      for (const child of children(node).toReversed())
        waiting.push({ node: child, scope, visible: next.visible });
  }
  return { tables, scopes, unknown };
}

const isQuery = (node: TreeNode): node is Query => 'ctes' in node;

/** What stands in a query, each with the CTEs it sees; and those that the body sees. */
function belowQuery(
  query: Query,
  outside: Visible | null,
): { readonly parts: readonly Omit<Waiting, 'scope'>[]; readonly visible: Visible | null } {
  let visible = outside;
  const parts: Omit<Waiting, 'scope'>[] = [];
  for (const cte of query.ctes) {
    parts.push({ node: cte.query, visible });
    visible = { name: foldCase(cte.name), outer: visible };
  }
  const body = visible;
  for (const node of children(query).slice(query.ctes.length)) {
    const isStep = query.kind === 'recursive-union' && node === query.step;
    parts.push({ node, visible: isStep ? { name: foldCase(query.name), outer: body } : body });
  }
  return { parts, visible: body };
}

/** The CTE that a table stands for. `recurring.name` is what a recursive CTE with a key has gathered so far. */
function cteOf({ name }: TableRelation, visible: Visible | null): string | null {
  const [first, second] = name.map(foldCase);
  const isGathered = name.length === 2 && first === 'recurring';
  const wanted = isGathered ? second : name.length === 1 ? first : undefined;
  for (let at = visible; at !== null; at = at.outer) if (at.name === wanted) return at.name;
  return null;
}

/** Nearest first, each once. */
function names(visible: Visible | null): readonly string[] {
  const found = new Set<string>();
  for (let at = visible; at !== null; at = at.outer) found.add(at.name);
  return [...found];
}

/** Why a node may read tables that it does not hold. */
function blindness(node: TreeNode): string | null {
  switch (node.kind) {
    case 'opaque-query':
    case 'opaque-relation':
      return node.tables === null ? node.reason : null;
    case 'opaque-expression':
      return node.reason;
    case 'call':
      return node.name === 'query' || node.name === 'query_table'
        ? `${node.name}() reads a table named by a value`
        : null;
    default:
      return null;
  }
}
