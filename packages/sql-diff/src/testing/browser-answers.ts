import { classifySqlChange } from '@seeknal/sql-diff';

const schema = { orders: { id: 'INTEGER', total: 'DECIMAL(9,2)', note: 'VARCHAR' } };

/** Two versions of a query each, or what is no query. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['select id, total from orders', 'SELECT id, "total"\nFROM orders;'],
  ['select id from orders', 'select id /* the key */ from orders'],
  ['select id from orders', 'select id, total * 1.1 as gross from orders'],
  ['select * from orders', 'select id, total, note from orders'],
  ['select id from orders where total > 1', 'select id from orders where total > 2'],
  ['select id from orders a cross join orders b', 'select id from orders a, orders b'],
  [
    'select id from orders where id = 1 and total = 2 or note is null',
    'select id from orders where id = 1 and (total = 2 or note is null)',
  ],
  ['select id from orders', 'from orders select id'],
  ['select id from orders', "select 'id from orders"],
  ['select id from orders', ''],
];

/** Every change with its category and reason, or the error, as lines: the same in Node and in a browser. */
export async function answers(): Promise<string> {
  const lines: string[] = [];
  for (const [before, after] of CHANGES) {
    lines.push(`${before} → ${after}`, `  ${await answer(before, after)}`);
  }
  return lines.join('\n');
}

async function answer(before: string, after: string): Promise<string> {
  try {
    const { category, impact, reason } = await classifySqlChange(before, after, { schema });
    return `${category} ${JSON.stringify(impact)} ${reason}`;
  } catch (error) {
    const { name, code, offset } = error as { name: string; code: string; offset: number };
    return `${name} ${code} ${offset}`;
  }
}
