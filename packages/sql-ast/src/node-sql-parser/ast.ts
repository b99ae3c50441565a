import { refuse } from './refusal.ts';

/** A node of node-sql-parser's tree. Nothing about its shape is taken for granted. */
export type Ast = { readonly [key: string]: unknown };

const isNode = (value: unknown): value is Ast =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value as a node that holds nothing beyond what the caller is about to read.
 *
 * @param keys All keys that may hold something; `null`, `undefined` and an empty list are nothing.
 */
export function astNode(value: unknown, ...keys: readonly string[]): Ast {
  if (!isNode(value)) return refuse('the tree of node-sql-parser has a gap');
  for (const [key, held] of Object.entries(value)) {
    const isNothing = !isWritten(held) || (Array.isArray(held) && held.length === 0);
    if (!isNothing && !keys.includes(key)) {
      refuse(`${typeof value['type'] === 'string' ? value['type'] : 'a node'} with ${key} is not understood`);
    }
  }
  return value;
}

/** The nodes of a list; none for nothing. */
export function astList(value: unknown): readonly unknown[] {
  if (!isWritten(value)) return [];
  return Array.isArray(value) ? value : refuse('the tree of node-sql-parser has no list where one belongs');
}

/** The kind of a node, `subquery` for what has none but holds a query; empty for anything else. */
export function astType(value: unknown): string {
  if (!isNode(value)) return '';
  if ('ast' in value) return 'subquery';
  return typeof value['type'] === 'string' ? value['type'] : '';
}

/** Whether there is anything. */
export const isWritten = (value: unknown): boolean => value !== null && value !== undefined;

export const isParenthesised = (value: unknown): boolean => isNode(value) && value['parentheses'] === true;
