import type { ColumnOrigin, ManifestLineage, NodeColumn, NodeLineage } from '@seeknal/lineage';

import type { Focus } from './lineage-output.ts';
import type { Shown } from './lineage-graph.ts';
import type { Style } from './style.ts';
import { treeLines, type Branch } from './tree.ts';

/** Lineage as trees: of every node, of one node column by column, or of one column all the way. */
export function lineageText(lineage: ManifestLineage, { focus, up, down }: Shown, style: Style): string {
  if (focus === null) {
    const blocks = [...lineage.nodes.values()].map((node) => [
      style.color.bold(node.node),
      ...stepLines(node, style),
    ]);
    return blocks.map((lines) => lines.join('\n')).join('\n\n');
  }
  const { node, column } = focus;
  const known = lineage.nodes.get(node) as NodeLineage;
  const title = style.color.bold(column === null ? node : `${node}.${column}`);
  const parts: (readonly [string, readonly string[]])[] = [];
  if (column === null) {
    if (up) parts.push(['', stepLines(known, style)]);
    if (down) parts.push(['read by', readerLines(lineage, known, style)]);
  } else {
    if (up) {
      parts.push([
        'computed from',
        treeLines(originBranches(lineage, { node, column }, new Set(), style), style),
      ]);
      parts.push(['rows decided by', decidingLines(lineage, focus, style)]);
    }
    if (down) parts.push(['read by', belowLines(lineage, focus, style)]);
  }
  const told = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => (name === '' ? lines : [style.color.dim(name), ...lines]).join('\n'));
  if (told.length === 0) told.push(style.color.dim(up ? 'reads nothing' : 'nobody reads it'));
  return [title, told.join('\n\n')].join('\n');
}

/** What could not be followed, and what the engine would refuse. */
export function lineageNotes(
  node: string | null,
  { notes, problems }: Pick<NodeLineage, 'notes' | 'problems'>,
  { color, mark }: Style,
): readonly string[] {
  const where = node === null ? '' : `${node}: `;
  return [
    ...problems.flatMap(({ message, candidates }) => [
      `${color.yellow(mark.warning)} ${where}${message}`,
      ...(candidates.length === 0
        ? []
        : [`  ${mark.hint} There is ${shortList(candidates, mark.ellipsis)}.`]),
    ]),
    ...notes.map((note) => `${color.cyan(mark.info)} ${where}taken to read everything it could: ${note}`),
  ];
}

/** Names for a sentence; a table of a thousand columns is not told whole. */
const shortList = (names: readonly string[], ellipsis: string): string =>
  names.length <= 12
    ? names.join(', ')
    : `${names.slice(0, 12).join(', ')}, ${ellipsis} (${names.length} in all)`;

const said = ({ node, column }: NodeColumn): string => `${node}.${column}`;

/** One step up: every column and what it is computed from. */
function stepLines({ kind, columns, rowSources, inputs }: NodeLineage, style: Style): readonly string[] {
  const { color, mark } = style;
  const arrow = color.dim(mark.from);
  const isRead = inputs.length > 0;
  const branches = columns.map(({ name, sources }: ColumnOrigin): Branch => ({
    label: name,
    ...(isRead && { arrow, text: sources.length === 0 ? [color.dim('(no column)')] : sources.map(said) }),
  }));
  const rows: Branch = {
    label: color.dim(kind === 'rule' ? 'checks' : 'rows'),
    arrow,
    text: rowSources.map(said),
  };
  return treeLines(rowSources.length === 0 ? branches : [...branches, rows], style);
}

/** One step down: every column and who reads it. */
function readerLines(
  lineage: ManifestLineage,
  { node, columns }: NodeLineage,
  style: Style,
): readonly string[] {
  const { color, mark } = style;
  const arrow = color.dim(mark.arrow);
  const readers = new Map<string, string[]>(columns.map(({ name }) => [name.toLowerCase(), []]));
  const add = (from: NodeColumn, reader: string): void => {
    if (from.node !== node) return;
    const names = from.column === '*' ? [...readers.keys()] : [from.column.toLowerCase()];
    for (const name of names) readers.get(name)?.push(reader);
  };
  for (const each of lineage.nodes.values()) {
    for (const { name, sources } of each.columns)
      for (const from of sources) add(from, `${each.node}.${name}`);
    const whole = !isTable(lineage, each.node) ? each.node : `${each.node} ${color.dim('(rows)')}`;
    for (const from of each.rowSources) add(from, whole);
  }
  const read = columns.flatMap(({ name }): readonly Branch[] => {
    const text = [...new Set(readers.get(name.toLowerCase()))];
    return text.length === 0 ? [] : [{ label: name, arrow, text }];
  });
  return treeLines(read, style);
}

/** All the way up. What was shown before is not shown again. */
function originBranches(
  lineage: ManifestLineage,
  { node, column }: NodeColumn,
  shown: Set<string>,
  style: Style,
): readonly Branch[] {
  const known = lineage.nodes.get(node)?.columns ?? [];
  const own = known.filter(({ name }) => column === '*' || name.toLowerCase() === column.toLowerCase());
  const sources = new Map(own.flatMap((each) => each.sources).map((from) => [said(from), from]));
  return [...sources].map(([name, from]): Branch => {
    if (shown.has(name)) return { label: name, text: [style.color.dim('(above)')] };
    const below = originBranches(lineage, from, shown, style);
    // A leaf is short: it may stand again.
    if (below.length > 0) shown.add(name);
    return { label: name, branches: below };
  });
}

function decidingLines(lineage: ManifestLineage, { node, column }: Focus, style: Style): readonly string[] {
  const deciding = lineage.upstream(node, column).filter(({ rowColumns }) => rowColumns.length > 0);
  return treeLines(
    deciding.map((each) => ({ label: each.node, text: each.rowColumns })),
    style,
  );
}

/** A rule has no rows: it is read, and that is all. */
const isTable = (lineage: ManifestLineage, node: string): boolean => lineage.nodes.get(node)?.kind !== 'rule';

function belowLines(lineage: ManifestLineage, { node, column }: Focus, style: Style): readonly string[] {
  const below = lineage.downstream(node, column);
  return treeLines(
    below.map((each) => ({
      label: each.node,
      text: [
        ...each.columns,
        ...(each.rows && isTable(lineage, each.node) ? [style.color.dim('(rows)')] : []),
      ],
    })),
    style,
  );
}
