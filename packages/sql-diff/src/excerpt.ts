import { nodesOf, type Span, type TreeNode } from '@seeknal/sql-ast';

import type { EditSide } from './edit.ts';

/** Anything of the tree that may have a place in the text. */
export interface Placed {
  readonly span: Span | null;
}

const LONGEST = 60;

/**
 * A piece of a text for people: where it stands, and its words on one line. Where the parser gave no place
 * for it, the hull of what it holds; where there is none either, `otherwise`.
 */
export function excerpt(
  text: string,
  piece: Placed,
  nodes: readonly TreeNode[],
  otherwise: string,
): EditSide {
  const span = piece.span ?? hull(nodes);
  const words = span === null ? otherwise : text.slice(span.start, span.end);
  return { text: short(words), span };
}

/** One line of sixty characters at most. */
export function short(text: string): string {
  const line = [...text.replaceAll(/\s+/gu, ' ').trim()];
  return line.length <= LONGEST ? line.join('') : `${line.slice(0, LONGEST - 1).join('')}…`;
}

/** From the first to the last place of what some nodes hold; null where none of them has a place. */
export function hull(nodes: readonly TreeNode[]): Span | null {
  let span: Span | null = null;
  for (const node of nodes) {
    for (const { span: own } of node.span === null ? nodesOf(node) : [node]) {
      if (own === null) continue;
      span =
        span === null ? own : { start: Math.min(span.start, own.start), end: Math.max(span.end, own.end) };
    }
  }
  return span;
}

/** The start of a node's words where no text tells them. */
export function wordsOf(node: TreeNode): string {
  switch (node.kind) {
    case 'column':
    case 'table':
      return (node.kind === 'column' ? node.path : node.name).join('.');
    case 'literal':
      return node.value;
    case 'call':
      return `${node.name}(…)`;
    case 'star':
      return [...(node.relation ?? []), '*'].join('.');
    case 'operation':
      return `… ${node.operator} …`;
    default:
      return node.kind;
  }
}
