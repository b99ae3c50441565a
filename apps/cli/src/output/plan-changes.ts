import type { NodePlan } from '@seeknal/plan';

import { sqlDiffLines } from './sql-diff-text.ts';
import type { Style } from './style.ts';

/** Lines of a comparison shown, unless everything is asked for. */
const MOST_LINES = 12;
/** Unchanged lines around a changed one. */
const AROUND = 1;
/** Edits that the reason tells already. */
const EDITS_TOLD = 2;
const MOST_EDITS = 6;

/**
 * What a change does to a node's columns and to those who read them, names that do not bind any more, and the
 * change of its SQL.
 *
 * @param isFull Whether nothing is cut short.
 */
export function changeLines(node: NodePlan, style: Style, isFull: boolean): readonly string[] {
  if (node.impact === null) return [];
  const { color, mark } = style;
  return [
    ...editLines(node, isFull),
    ...columnLines(node, style),
    ...node.problems.map((problem) => color.yellow(`${mark.warning} ${problem}`)),
    ...(node.action === 'change' ? diffLines(node, style, isFull) : []),
  ];
}

/** Edits beyond those of the reason. */
function editLines({ edits }: NodePlan, isFull: boolean): readonly string[] {
  const more = edits.slice(EDITS_TOLD).map(({ sentence }) => sentence);
  return isFull ? more : more.slice(0, MOST_EDITS);
}

function columnLines(node: NodePlan, { color }: Style): readonly string[] {
  const { impact, reach, kind, action } = node;
  if (impact === null || action !== 'change' || kind === 'exposure' || kind === 'rule') return [];
  const { added, changed, removed } = impact;
  const told = new Set(reach.map((each) => each.kind));
  const line = (verb: string, columns: readonly string[]): readonly string[] =>
    columns.length === 0 ? [] : [`${verb} ${columns.map((column) => `\`${column}\``).join(', ')}`];
  return [
    ...line('adds', added).map(color.green),
    ...reach.map(({ kind: how, sentence }) =>
      how === 'removes' ? color.red(sentence) : color.yellow(sentence),
    ),
    ...(told.has('changes') || impact.rows ? [] : line('changes', changed).map(color.yellow)),
    ...(told.has('removes') ? [] : line('removes', removed).map(color.red)),
  ];
}

/** The lines of the SQL that went and came. */
function diffLines({ sql }: NodePlan, { color, mark }: Style, isFull: boolean): readonly string[] {
  if (sql === null) return [];
  const around = isFull ? undefined : AROUND;
  const lines = sqlDiffLines(sql.old, sql.new, [], color, around).map((line) => `  ${line}`);
  if (isFull || lines.length <= MOST_LINES) return lines;
  const rest = lines.length - (MOST_LINES - 1);
  return [...lines.slice(0, MOST_LINES - 1), color.dim(`  ${mark.ellipsis} ${rest} more lines: --explain`)];
}
