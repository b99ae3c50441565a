import type { EnvironmentsDataDiff, NodeDataDiff } from '@seeknal/sdk';

import { cellText } from './csv.ts';
import { count, number } from './numbers.ts';
import type { Style } from './style.ts';
import { table, type TableColumn } from './table.ts';

type Data = NonNullable<NodeDataDiff['data']>;

/** What a comparison of rows found: of one node in full, of several a line each. */
export function dataDiffLines(
  { a, b, nodes }: EnvironmentsDataDiff,
  isOneNode: boolean,
  style: Style,
): readonly string[] {
  const [node] = nodes;
  if (isOneNode && node !== undefined) return nodeLines(node, a, b, style);
  if (node === undefined) return [`${style.mark.ok} ${a} and ${b} show the same tables.`];
  const differing = nodes.filter(({ status }) => !status.startsWith('same')).length;
  return [
    table(
      [
        { name: 'node' },
        { name: 'rows' },
        ...[`rows in ${a}`, `rows in ${b}`, `only in ${a}`, `only in ${b}`, 'changed'].map(numbers),
        { name: 'columns that differ' },
      ],
      nodes.map((each) => lineOf(each, a, b)),
      style,
    ),
    '',
    `${count(nodes.length, 'node')} with another table in ${a} than in ${b}; rows or columns differ in ${differing}.`,
    ...(differing > 0
      ? [
          `  ${style.mark.hint} one in full, with examples: seeknal diff --data ${a} ${b} ${firstDiffering(nodes)}`,
        ]
      : []),
  ];
}

const firstDiffering = (nodes: readonly NodeDataDiff[]): string =>
  (nodes.find(({ status }) => status === 'differs') ?? nodes[0])?.node ?? '';

const numbers = (name: string): TableColumn => ({ name, isNumber: true });

function lineOf({ node, status, data }: NodeDataDiff, a: string, b: string): readonly string[] {
  const words = { differs: 'differ', only_a: `only in ${a}`, only_b: `only in ${b}`, same_rows: 'same' };
  const said = status === 'same_table' ? 'same' : words[status];
  if (data === null) return [node, said, '', '', '', '', '', ''];
  const { rows, onlyA, onlyB, changed, columns } = data;
  const differing = columns.filter((column) => isDifferent(column)).map(({ name }) => name);
  const counts = [rows.a, rows.b, onlyA, onlyB].map(number);
  return [node, said, ...counts, changed === null ? '' : number(changed), differing.join(', ')];
}

const isDifferent = ({ a, b, differing }: Data['columns'][number]): boolean =>
  a !== b || (differing ?? 0) > 0;

function nodeLines(
  { node, status, keys, data }: NodeDataDiff,
  a: string,
  b: string,
  style: Style,
): readonly string[] {
  const { color, mark } = style;
  if (data === null) return [`${mark.ok} ${node}: ${a} and ${b} show the same table.`];
  const { rows } = data;
  if (status === 'same_rows') {
    return [`${mark.ok} ${node}: two tables with the same ${count(rows.a, 'row')} and columns.`];
  }
  return [
    `${color.yellow('~')} ${color.bold(node)}  ${a} and ${b} differ`,
    '',
    ...countLines(data, keys, a, b, style),
    '',
    table(
      [
        { name: 'column' },
        { name: a },
        { name: b },
        numbers(keys.length > 0 ? 'values that differ' : `values only in ${a}`),
      ],
      data.columns.map((column) => [
        column.name,
        column.a ?? '-',
        column.b ?? '-',
        keys.some((key) => isSame(key, column.name)) ? 'key' : number(column.differing ?? 0),
      ]),
      style,
    ),
    ...exampleLines(data, keys, a, b, style),
  ];
}

function countLines(
  { rows, onlyA, onlyB, changed }: Data,
  keys: readonly string[],
  a: string,
  b: string,
  { mark }: Style,
): readonly string[] {
  const named = [
    [`rows in ${a}`, rows.a],
    [`rows in ${b}`, rows.b],
    [`only in ${a}`, onlyA],
    [`only in ${b}`, onlyB],
    ...(changed === null ? [] : [[`changed, by ${keys.join(', ')}`, changed] as const]),
  ] as const;
  const width = Math.max(...named.map(([name]) => name.length));
  return [
    ...named.map(([name, value]) => `  ${name.padEnd(width)}  ${number(value)}`),
    ...(changed === null
      ? [`  ${mark.hint} to see which rows changed, name the columns that tell them apart: --key`]
      : []),
  ];
}

function exampleLines(
  { examples, changed, onlyA, onlyB, columns }: Data,
  keys: readonly string[],
  a: string,
  b: string,
  style: Style,
): readonly string[] {
  const whole = (title: string, all: number, rows: readonly (readonly unknown[])[]): readonly string[] =>
    rows.length === 0
      ? []
      : [
          '',
          titleOf(title, all, rows.length),
          table(
            examples.columns.map((name) => ({ name })),
            rows.map((row) => row.map(cellText)),
            style,
          ),
        ];
  return [
    ...whole(`Only in ${a}`, onlyA, examples.onlyA),
    ...whole(`Only in ${b}`, onlyB, examples.onlyB),
    ...changedLines(
      { examples, changed: changed ?? 0 },
      keys,
      columns.filter(isDifferent).map(({ name }) => name),
      { a, b },
      style,
    ),
  ];
}

/** Keys, and the columns that differ, each as both sides have it. */
function changedLines(
  { examples, changed }: { readonly examples: Data['examples']; readonly changed: number },
  keys: readonly string[],
  differing: readonly string[],
  { a, b }: { readonly a: string; readonly b: string },
  style: Style,
): readonly string[] {
  if (examples.changed.length === 0) return [];
  const placesOf = (names: readonly string[]): readonly number[] =>
    examples.columns.flatMap((name, at) => (names.some((each) => isSame(each, name)) ? [at] : []));
  const [own, others] = [placesOf(keys), placesOf(differing)];
  const nameOf = (at: number): string => examples.columns[at] ?? '';
  return [
    '',
    titleOf('Changed', changed, examples.changed.length),
    table(
      [
        ...own.map((at) => ({ name: nameOf(at) })),
        ...others.flatMap((at) => [{ name: `${nameOf(at)} in ${a}` }, { name: `in ${b}` }]),
      ],
      examples.changed.map((pair) => [
        ...own.map((at) => cellText(pair.a[at])),
        ...others.flatMap((at) => [cellText(pair.a[at]), cellText(pair.b[at])]),
      ]),
      style,
    ),
  ];
}

const titleOf = (title: string, all: number, shown: number): string =>
  all > shown ? `${title}, ${number(shown)} of ${number(all)}:` : `${title}:`;

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
