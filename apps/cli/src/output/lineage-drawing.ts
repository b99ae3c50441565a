import type { LineageGraph } from './lineage-graph.ts';

/** Names for boxes and columns that need no quotes anywhere. */
function names({ nodes }: LineageGraph): {
  readonly box: (node: string) => string;
  readonly cell: (node: string, column: string | null) => string;
} {
  const boxes = new Map(nodes.map(({ node }, at) => [node, `n${at}`]));
  const columns = new Map(nodes.map((each) => [each.node, each.columns]));
  const box = (node: string): string => boxes.get(node) ?? 'n';
  return {
    box,
    cell: (node, column) =>
      column === null ? `${box(node)}_rows` : `${box(node)}_c${columns.get(node)?.indexOf(column)}`,
  };
}

/** A flowchart of Mermaid: a dotted arrow decides rows. */
export function mermaidText(graph: LineageGraph): string {
  const { box, cell } = names(graph);
  // Mermaid reads entities by number, and little else between quotes.
  const text = (label: string): string =>
    `"${label.replaceAll(/["#&<>\\\p{Cc}]/gu, (sign) => `#${sign.codePointAt(0)};`)}"`;
  return [
    'flowchart LR',
    ...graph.nodes.flatMap(({ node, columns, hasRows }) => [
      `  subgraph ${box(node)}[${text(node)}]`,
      ...columns.map((column) => `    ${cell(node, column)}[${text(column)}]`),
      ...(hasRows ? [`    ${cell(node, null)}([rows])`] : []),
      '  end',
    ]),
    ...graph.edges.map(
      ({ from, to }) =>
        `  ${cell(from.node, from.column)} ${to.column === null ? '-.->' : '-->'} ${cell(to.node, to.column)}`,
    ),
  ].join('\n');
}

/** A graph for Graphviz: a dashed arrow decides rows. */
export function dotText(graph: LineageGraph): string {
  const { box, cell } = names(graph);
  const text = (label: string): string =>
    `"${label.replaceAll(/["\\]/gu, String.raw`\$&`).replaceAll(/\p{Cc}/gu, ' ')}"`;
  return [
    'digraph lineage {',
    '  rankdir=LR;',
    '  node [shape=box, style=rounded];',
    ...graph.nodes.flatMap(({ node, columns, hasRows }) => [
      `  subgraph cluster_${box(node)} {`,
      `    label=${text(node)};`,
      ...columns.map((column) => `    ${cell(node, column)} [label=${text(column)}];`),
      ...(hasRows ? [`    ${cell(node, null)} [label="rows", shape=oval];`] : []),
      '  }',
    ]),
    ...graph.edges.map(
      ({ from, to }) =>
        `  ${cell(from.node, from.column)} -> ${cell(to.node, to.column)}${to.column === null ? ' [style=dashed]' : ''};`,
    ),
    '}',
  ].join('\n');
}
