import { foldCase, mapTree, type Query, type SelectItem } from '@seeknal/sql-ast';

/** A query without the aliases that say what would be so anyway: `a AS a`, `t AS t`. */
export function normalTree(query: Query): Query {
  return mapTree(query, (node) => {
    if (node.kind === 'select' && node.items.some(isRedundant)) {
      return {
        ...node,
        items: node.items.map((item) => (isRedundant(item) ? { ...item, alias: null } : item)),
      };
    }
    if (
      node.kind === 'table' &&
      node.alias !== null &&
      foldCase(node.alias) === foldCase(node.name.at(-1) as string)
    ) {
      return { ...node, alias: null };
    }
    return node;
  });
}

const isRedundant = ({ alias, expression }: SelectItem): boolean =>
  alias !== null && expression.kind === 'column' && expression.path.at(-1) === alias;
