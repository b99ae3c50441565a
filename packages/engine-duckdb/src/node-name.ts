import type { NodeId } from '@seeknal/manifest';

/** `transform.orders` → its kind and its name; the name may hold dots. */
export function nodeName(node: NodeId): { readonly kind: string; readonly name: string } {
  const dot = node.indexOf('.');
  return { kind: node.slice(0, dot), name: node.slice(dot + 1) };
}
