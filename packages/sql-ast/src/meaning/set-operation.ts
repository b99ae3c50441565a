import type { SetOperation } from '../tree.ts';
import type { QueryContext } from './analysis.ts';
import { limitedColumns } from './limited.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { rowOf, wholeOf } from './scope.ts';
import type { Term } from './terms.ts';

/** UNION, EXCEPT, INTERSECT: columns meet by position, or BY NAME. */
export function setOperationMeaning(query: SetOperation, context: QueryContext): RowsMeaning {
  const { analysis } = context;
  const { terms, problems } = analysis;
  const branches = query.branches.map((branch) => analysis.query(branch, context));
  const isOpen = branches.some(({ open }) => open !== null);
  const counts = new Set(branches.map(({ columns }) => columns.length));
  if (!isOpen && !query.byName && counts.size > 1) {
    problems.push({
      code: 'COLUMNS_MISMATCH',
      message: `The parts of a ${query.operator.toUpperCase()} have ${[...counts].join(' and ')} columns.`,
      candidates: [],
      at: query.span?.start ?? null,
    });
  }
  const columns = query.byName ? byName(branches, context) : byPosition(branches, context);
  const open = isOpen
    ? (name: string): Term => {
        const parts = branches.map((branch) => valueIn(branch, name, context) ?? branch.rows);
        return terms.of('union', parts);
      }
    : null;
  const isBag = query.operator === 'union' && query.all;
  const rows = terms.of(`${query.operator} ${query.all} ${query.byName}`, [
    ...branches.map((branch) => branch.rows),
    // Positions of unknown lists, and what duplicates are, depend on every column.
    ...(isOpen && !query.byName ? branches.map((branch) => wholeOf(branch, analysis)) : []),
    ...(isBag ? [] : columns.map(({ value }) => value)),
    ...(isBag ? [] : branches.flatMap((branch) => (branch.open === null ? [] : [rowOf(branch, analysis)]))),
  ]);
  const by =
    query.distinct === null || query.distinct.on === null
      ? ''
      : analysis.keyOf([query.distinct, query.orderBy]);
  const distinct =
    query.distinct === null ? rows : terms.of(`distinct ${by}`, [rows, ...columns.map(({ value }) => value)]);
  const order = terms.of(
    'orders',
    branches.map((branch) => branch.order),
  );
  const meaning: RowsMeaning = { rows: distinct, columns, order: isBag ? order : terms.of('no order'), open };
  if (query.distinct !== null && query.distinct.on !== null) analysis.unstable.add('DISTINCT ON');
  return limitedColumns(meaning, query, context);
}

function valueIn(
  { columns, open }: RowsMeaning,
  name: string,
  { analysis: { fold } }: QueryContext,
): Term | null {
  return columns.find((each) => fold(each.name) === name)?.value ?? open?.(name) ?? null;
}

function byPosition(
  branches: readonly RowsMeaning[],
  { analysis: { terms } }: QueryContext,
): readonly ColumnMeaning[] {
  const [first] = branches as [RowsMeaning];
  return first.columns.map(({ name }, index) => ({
    name,
    value: terms.of(
      'union',
      branches.map(({ columns, rows }) => columns[index]?.value ?? rows),
    ),
  }));
}

/** A name that a branch lacks is NULL there. */
function byName(branches: readonly RowsMeaning[], context: QueryContext): readonly ColumnMeaning[] {
  const { fold, terms } = context.analysis;
  const names = new Map<string, string>();
  for (const { name } of branches.flatMap(({ columns }) => columns)) {
    if (!names.has(fold(name))) names.set(fold(name), name);
  }
  return [...names].map(([folded, name]) => ({
    name,
    value: terms.of(
      'union',
      branches.map((branch) => valueIn(branch, folded, context) ?? terms.of('absent')),
    ),
  }));
}
