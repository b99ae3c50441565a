import { foldCase } from './keywords.ts';
import { FIELDS, type PartName, type TreeNode } from './tree-fields.ts';
import { visit } from './walk.ts';

/** A number for every node asked about: two nodes of this table have the same one iff they are equal. */
export type TreeIds = (node: TreeNode) => number;

/**
 * A table of nodes that compares them by what they say, whatever their spans. Every node costs its own size
 * once, whatever the depth; from then on comparing is comparing numbers.
 *
 * @param spelling `exact`: as written. `folded`: names that the engine looks up without regard to case are
 *   equal in any case; names that reach the output (aliases of items, fields of structs) keep their spelling.
 */
export function treeIds(spelling: 'exact' | 'folded' = 'exact'): TreeIds {
  const known = new WeakMap<TreeNode, number>();
  const numbers = new Map<string, number>();
  const isFolded = spelling === 'folded';
  return (root) => {
    const found = known.get(root);
    if (found !== undefined) return found;
    const unknown: TreeNode[] = [];
    visit(root, (node) => {
      if (known.has(node)) return false;
      unknown.push(node);
    });
    for (const node of unknown.toReversed()) {
      const text = partText(node, node.kind, known, isFolded);
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      known.set(node, number);
    }
    return known.get(root) as number;
  };
}

/**
 * Whether two trees say the same, whatever their spans. Ends at the first difference; a tree of any depth is
 * fine.
 */
export function sameTree(a: TreeNode, b: TreeNode): boolean {
  const waiting: (readonly [unknown, unknown])[] = [[a, b]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [one, other] = pair;
    if (one === other) continue;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
    const [fields, others] = [fieldsOf(one), fieldsOf(other)];
    if (fields.length !== others.length) return false;
    for (const [at, field] of fields.entries()) {
      if (field !== others[at]) return false;
      waiting.push([(one as Fields)[field], (other as Fields)[field]]);
    }
  }
  return true;
}

type Fields = { readonly [field: string]: unknown };

/** The fields whose names the engine looks up without regard to case. */
const LOOKED_UP: { readonly [P in PartName]?: readonly string[] } = {
  column: ['path'],
  table: ['name', 'alias'],
  derived: ['alias'],
  'table-function': ['alias'],
  values: ['alias'],
  join: ['alias', 'using'],
  pivot: ['alias'],
  unpivot: ['alias'],
  cte: ['name'],
  'recursive-union': ['name'],
  star: ['relation', 'exclude'],
  lambda: ['parameters'],
};

function partText(part: object, name: PartName, known: WeakMap<TreeNode, number>, isFolded: boolean): string {
  const held = FIELDS[name];
  const folded = isFolded ? (LOOKED_UP[name] ?? []) : [];
  const said = fieldsOf(part).map((field) => {
    const value = (part as Fields)[field];
    const what = held[field];
    if (what !== undefined) return heldText(value, what, known, isFolded);
    const text = JSON.stringify(value);
    // The path of a file is no name: `'Data.csv'` is another file than `'data.csv'`.
    return folded.includes(field) && !/[/\\.*]/u.test(text) ? foldCase(text) : text;
  });
  return `${name}(${said.join()})`;
}

function heldText(
  value: unknown,
  held: PartName | 'node',
  known: WeakMap<TreeNode, number>,
  isFolded: boolean,
): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return `[${value.map((item) => heldText(item, held, known, isFolded)).join()}]`;
  return held === 'node'
    ? `#${known.get(value as TreeNode)}`
    : partText(value as object, held, known, isFolded);
}

/** Sorted lists of fields by lists of fields as they come: there are few, and every node has one. */
const sortedFields = new Map<string, readonly string[]>();

/** The fields of a part but its place, in order of the alphabet. */
function fieldsOf(part: object): readonly string[] {
  const fields = Object.keys(part);
  const key = fields.join();
  const sorted = sortedFields.get(key) ?? fields.filter((field) => field !== 'span').toSorted();
  sortedFields.set(key, sorted);
  return sorted;
}
