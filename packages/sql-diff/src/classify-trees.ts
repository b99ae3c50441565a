import { comments, sameTree, type Dialect, type Impact, type Query, type Schema } from '@seeknal/sql-ast';

import type { SqlChangeCategory, SqlClassification } from './classification.ts';
import { diffTrees, type Texts } from './diff-trees.ts';
import type { SqlEdit } from './edit.ts';
import { short } from './excerpt.ts';
import { impactOf, type TreeImpact } from './impact-of.ts';

export interface ClassifyTreesOptions extends Texts {
  /** Default: `duckdb`. */
  readonly dialect?: Dialect;
  /** The columns of the tables, where both versions see the same. */
  readonly schema?: Schema;
  /** The columns as the old version sees them, where they are others. */
  readonly oldSchema?: Schema;
  readonly newSchema?: Schema;
}

/**
 * Says what two versions of a query are to each other. Both are bound with the schemas of their tables: stars
 * are what they stand for, a name that binds elsewhere is a change. Without a schema what a star stands for is
 * unknown, but the same on both sides. When in doubt the answer is BREAKING.
 */
export function classifyTrees(old: Query, now: Query, options: ClassifyTreesOptions): SqlClassification {
  const { oldText, newText, dialect = 'duckdb' } = options;
  const oldSchema = options.oldSchema ?? options.schema ?? {};
  const newSchema = options.newSchema ?? options.schema ?? {};
  const found = impactOf(old, now, { dialect, oldSchema, newSchema });
  // What cannot be analysed, or may answer otherwise each time, is still the same query as itself.
  const isItself = JSON.stringify(oldSchema) === JSON.stringify(newSchema) && sameTree(old, now);
  const impact = isItself ? NOTHING : found.impact;
  if (isItself || (found.same && isNothing(impact))) {
    const isEqual = commentsOf(oldText, dialect) === commentsOf(newText, dialect);
    return isEqual
      ? { category: 'EQUAL', impact, edits: [], reason: 'The two are the same query.' }
      : { category: 'METADATA', impact, edits: [], reason: 'Only comments differ.' };
  }
  const told = diffTrees(old, now, options);
  const edits = told.length > 0 ? told : [spellingEdit(old, now, options)];
  const category = categoryOf(impact);
  return { category, impact, edits, reason: reasonOf(category, found, edits) };
}

const NOTHING: Impact = { rows: false, changed: [], added: [], removed: [], shape: false };

const isNothing = (impact: Impact): boolean =>
  categoryOf(impact) === 'NON_BREAKING' && impact.added.length === 0;

const commentsOf = (text: string, dialect: Dialect): string =>
  JSON.stringify(comments(text, dialect).map((comment) => comment.text));

const categoryOf = ({ rows, changed, removed, shape }: Impact): SqlChangeCategory =>
  rows || changed.length > 0 || removed.length > 0 || shape ? 'BREAKING' : 'NON_BREAKING';

/** Names that the engine looks up in any case, but that reach the output as they are spelt; other schemas. */
function spellingEdit(old: Query, now: Query, { oldText, newText }: Texts): SqlEdit {
  return {
    kind: 'UPDATE',
    part: 'query',
    path: [],
    changes: ['SQL_LOGIC_CHANGED'],
    old: { text: short(oldText), span: old.span },
    new: { text: short(newText), span: now.span },
    sentence: 'The spelling of names that reach the output differs, or what stars and names stand for.',
  };
}

function reasonOf(
  category: SqlChangeCategory,
  { impact, doubts }: TreeImpact,
  edits: readonly SqlEdit[],
): string {
  const { rows, changed, added, removed } = impact;
  if (category === 'NON_BREAKING') {
    if (added.length === 0) return 'Nothing that comes out of the query changes.';
    return `Only ${columns(added)} ${added.length === 1 ? 'is' : 'are'} new; rows and other columns stay as they are.`;
  }
  const doubt = doubts.length === 0 ? '' : ` Not everything could be analysed: ${doubts.join('; ')}.`;
  const cause = causeOf(edits, rows).sentence;
  if (rows) return `There may be other rows. ${cause}${doubt}`;
  const found = [
    ...(changed.length > 0 ? [`${columns(changed)} may hold other values`] : []),
    ...(removed.length > 0 ? [`${columns(removed)} ${removed.length === 1 ? 'is' : 'are'} gone`] : []),
  ];
  if (found.length === 0)
    return `The order or the spelling of columns, or the order of rows, differs. ${cause}${doubt}`;
  const sentence = found.join(' and ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. ${cause}${doubt}`;
}

/** The edit that most likely decides: a new column is the last to be blamed. */
function causeOf(edits: readonly SqlEdit[], rows: boolean): SqlEdit {
  const isAddition = ({ kind, part }: SqlEdit): boolean => part === 'projection' && kind === 'INSERT';
  const others = edits.filter((edit) => !isAddition(edit));
  const decisive = others.find(({ part }) => part !== 'projection' || !rows);
  return decisive ?? others[0] ?? (edits[0] as SqlEdit);
}

/** `column a`, `columns a and b`, `columns a, b and 3 more`. */
function columns(names: readonly string[]): string {
  const shown = names.slice(0, names.length > 4 ? 3 : 4);
  const rest = names.length - shown.length;
  const all = [...shown, ...(rest > 0 ? [`${rest} more`] : [])];
  const last = all.pop() as string;
  return all.length === 0 ? `column ${last}` : `columns ${all.join(', ')} and ${last}`;
}
