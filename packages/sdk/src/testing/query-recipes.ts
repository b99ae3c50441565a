import { randomBits } from '@seeknal/testing';

/** The columns of every table that a query may read. */
export interface Tables {
  readonly [table: string]: readonly string[];
}

/** What decides a query: chance by a seed, and the tables there are. */
export interface Dice {
  readonly roll: (sides: number) => number;
  readonly tables: Tables;
}

/** Numbers from 0 that a seed decides. */
export function chance(seed: number): (sides: number) => number {
  const next = randomBits(seed);
  return (sides) => next() % sides;
}

/** Small tables whose columns share names, so that names can be mistaken for each other. */
export const TABLES: Tables = {
  t: ['id', 'a', 'b', 'c'],
  u: ['id', 'a', 'd'],
  v: ['k', 'b', 'd'],
};

interface Item {
  sql: string;
  alias: string | null;
  aggregate?: boolean;
}
interface Source {
  sql: string;
  alias: string;
  columns: string[];
  /** How it is joined to what stands left of it. */
  join: string;
}
export interface Recipe {
  ctes: { name: string; query: Recipe }[];
  distinct: string;
  items: Item[];
  sources: Source[];
  where: string[];
  group: string[] | 'all' | null;
  having: string | null;
  qualify: string | null;
  order: string[];
  limit: number | null;
  union: { operator: string; with: Recipe } | null;
}

const pick = <T>(d: Dice, from: readonly T[]): T => from[d.roll(from.length)] as T;
const ALIASES = ['a', 'b', 'c', 'd', 'id', 'x', 'y', 'k'];

/** The text of a recipe, with layout left to chance where `d` is given. */
export function queryText(r: Recipe): string {
  const ctes =
    r.ctes.length === 0
      ? ''
      : `WITH ${r.ctes.map((c) => `${c.name} AS (${queryText(c.query)})`).join(', ')} `;
  const from = r.sources
    .map((s, i) => {
      const named = `${s.sql}${s.alias === '' ? '' : ` AS ${s.alias}`}`;
      if (i === 0) return named;
      const [kind = '', condition = ''] = s.join.split('|');
      return kind === ',' ? `, ${named}` : ` ${kind} ${named} ${condition}`;
    })
    .join('');
  const parts = [
    `SELECT ${r.distinct}${r.items.map((i) => `${i.sql}${i.alias === null ? '' : ` AS ${i.alias}`}`).join(', ')}`,
    from === '' ? '' : `FROM ${from}`,
    r.where.length === 0 ? '' : `WHERE ${r.where.join(' AND ')}`,
    r.group === null ? '' : r.group === 'all' ? 'GROUP BY ALL' : `GROUP BY ${r.group.join(', ')}`,
    r.having === null ? '' : `HAVING ${r.having}`,
    r.qualify === null ? '' : `QUALIFY ${r.qualify}`,
  ];
  const tail = [
    r.order.length === 0 ? '' : `ORDER BY ${r.order.join(', ')}`,
    r.limit === null ? '' : `LIMIT ${r.limit}`,
  ];
  const body = parts.filter((p) => p !== '').join(' ');
  if (r.union === null) return ctes + [body, ...tail].filter((p) => p !== '').join(' ');
  return `${ctes}${body} ${r.union.operator} ${queryText(r.union.with)}${tail
    .filter((p) => p !== '')
    .map((p) => ` ${p}`)
    .join('')}`;
}

/** The name by which a query may qualify the columns of a source. */
const nameOf = ({ alias, sql }: Source): string => (alias === '' ? (sql.split('.').at(-1) as string) : alias);

const clone = <T>(v: T): T => structuredClone(v);

export function columnsOf(r: Recipe): string[] {
  return r.items.flatMap((i) =>
    i.alias !== null
      ? [i.alias]
      : /^\w+$/.test(i.sql)
        ? [i.sql]
        : /^\w+\.(\w+)$/.test(i.sql)
          ? [i.sql.split('.')[1] as string]
          : [],
  );
}

function source(d: Dice, depth: number, ctes: Recipe['ctes'], left: Source[]): Source {
  const roll = d.roll(10);
  const alias =
    left.length === 0 && d.roll(3) === 0
      ? ''
      : pick(
          d,
          ['p', 'q', 'r', 't', 'u', 'a'].filter((n) => !left.some((l) => nameOf(l) === n.split('.').at(-1))),
        );
  if (roll < 2 && depth > 0) {
    const query = recipe(d, depth - 1, []);
    return {
      sql: `(${queryText(query)})`,
      alias: alias === '' ? 's' : alias,
      columns: columnsOf(query),
      join: '',
    };
  }
  if (roll < 5 && ctes.length > 0) {
    const cte = pick(d, ctes);
    return { sql: cte.name, alias, columns: columnsOf(cte.query), join: '' };
  }
  if (roll === 5 && left.length > 0 && d.roll(2) === 0) {
    const [of] = left as [Source];
    const table = pick(d, Object.keys(d.tables));
    const own = d.tables[table] as string[];
    const inner = `SELECT ${pick(d, own)} AS z FROM ${table} WHERE ${pick(d, own)} > ${nameOf(of)}.${of.columns[0] ?? 'id'}`;
    return { sql: `(${inner})`, alias: alias === '' ? 'l' : alias, columns: ['z'], join: '' };
  }
  const table = pick(
    d,
    Object.keys(d.tables).filter((n) => alias !== '' || !left.some((l) => nameOf(l) === n.split('.').at(-1))),
  );
  return { sql: table, alias, columns: [...(d.tables[table] as string[])], join: '' };
}

function column(d: Dice, sources: readonly Source[]): string {
  const s = pick(d, sources);
  if (s === undefined || s.columns.length === 0) return '1';
  const c = pick(d, s.columns);
  const isUnique = sources.filter((o) => o.columns.includes(c)).length === 1;
  return isUnique && d.roll(2) === 0 ? c : `${nameOf(s)}.${c}`;
}

function scalar(d: Dice, sources: readonly Source[], depth = 2, aliases: readonly string[] = []): string {
  const roll = d.roll(14);
  if (aliases.length > 0 && d.roll(6) === 0) return pick(d, aliases);
  if (depth === 0 || roll < 5) return column(d, sources);
  const of = (): string => scalar(d, sources, depth - 1, aliases);
  if (roll === 5) return String(d.roll(4));
  if (roll === 6) return `(${of()} + ${of()})`;
  if (roll === 7) return `coalesce(${of()}, ${d.roll(3)})`;
  if (roll === 8) return `CASE WHEN ${predicate(d, sources, depth - 1)} THEN ${of()} ELSE ${of()} END`;
  if (roll === 9) return `(${of()})::${pick(d, ['INTEGER', 'BIGINT', 'VARCHAR', 'DOUBLE'])}::INTEGER`;
  if (roll === 10) {
    const [table] = [pick(d, Object.keys(d.tables))];
    const own = pick(d, d.tables[table] as string[]);
    return `(SELECT ${pick(d, ['max', 'min', 'count'])}(${pick(d, d.tables[table] as string[])}) FROM ${table}${d.roll(2) === 0 ? ' AS w' : ''} WHERE ${own} = ${column(d, sources)})`;
  }
  if (roll === 11) return `abs(${of()})`;
  if (roll === 12) return `(${of()} - ${of()})`;
  return `greatest(${of()}, ${of()})`;
}

function predicate(d: Dice, sources: readonly Source[], depth = 1): string {
  const of = (): string => scalar(d, sources, depth);
  const roll = d.roll(9);
  if (roll < 4) return `${of()} ${pick(d, ['=', '<', '>', '<>', '>='])} ${of()}`;
  if (roll === 4) return `${of()} IN (1, 2, ${d.roll(5)})`;
  if (roll === 5) return `${of()} BETWEEN 1 AND ${d.roll(5)}`;
  if (roll === 6) return `(${of()} > 1 OR ${of()} IS NULL)`;
  if (roll === 7) {
    const table = pick(d, Object.keys(d.tables));
    const own = d.tables[table] as string[];
    return `EXISTS (SELECT ${pick(d, ['1', '*', ...own])} FROM ${table}${d.roll(2) === 0 ? ' AS w' : ''} WHERE ${pick(d, own)} = ${column(d, sources)})`;
  }
  const table = pick(d, Object.keys(d.tables));
  return `${of()} IN (SELECT ${pick(d, d.tables[table] as string[])} FROM ${table})`;
}

function windowCall(d: Dice, sources: readonly Source[]): string {
  const c = (): string => column(d, sources);
  return `${pick(d, [`sum(${c()})`, `count(*)`, `rank()`, `max(${c()})`, 'dense_rank()'])} OVER (${d.roll(2) === 0 ? `PARTITION BY ${c()} ` : ''}ORDER BY ${c()}${d.roll(3) === 0 ? ' DESC' : ''})`;
}

function item(
  d: Dice,
  sources: readonly Source[],
  items: readonly Item[],
  grouped: readonly string[] | 'all' | null,
): Item {
  const aliases = items.flatMap((i) => (i.alias === null || i.aggregate === true ? [] : [i.alias]));
  const alias = d.roll(4) === 0 ? null : pick(d, ALIASES);
  if (grouped !== null && (grouped === 'all' ? d.roll(2) === 0 : grouped.length === 0 || d.roll(2) === 0)) {
    return {
      sql:
        pick(d, ['sum', 'max', 'count', 'min', 'count(DISTINCT']).replace(/^(.*)$/, (f) =>
          f.startsWith('count(') ? `count(DISTINCT ${column(d, sources)})` : `${f}(${scalar(d, sources, 1)})`,
        ) + (d.roll(5) === 0 ? ` FILTER (WHERE ${predicate(d, sources, 0)})` : ''),
      alias: alias ?? 'agg',
      aggregate: true,
    };
  }
  if (grouped !== null && grouped !== 'all') return { sql: pick(d, grouped), alias };
  if (grouped === null && d.roll(8) === 0) return { sql: windowCall(d, sources), alias: alias ?? 'w' };
  if (grouped === null && d.roll(25) === 0)
    return { sql: `unnest([1, ${column(d, sources)}])`, alias: alias ?? 'un' };
  const sql = scalar(d, sources, 2, aliases);
  return { sql, alias: alias ?? (/^[\w.]+$/.test(sql) && !/^\d/.test(sql) ? null : 'e') };
}

export function recipe(d: Dice, depth = 2, outer: Recipe['ctes'] = []): Recipe {
  const ctes: Recipe['ctes'] = [];
  if (depth > 0) {
    for (let n = d.roll(3); n > 1; n -= 1)
      ctes.push({ name: pick(d, ['x', 'y', 't']), query: recipe(d, depth - 1, [...outer]) });
  }
  const names = [...outer, ...ctes];
  const sources: Source[] = [];
  for (let n = 1 + (d.roll(2) === 0 ? 0 : d.roll(3)); n > 0; n -= 1) {
    const next = source(d, depth, names, sources);
    if (sources.length > 0) next.join = joined(d, [...sources, next]);
    sources.push(next);
  }
  const roll = d.roll(8);
  const group =
    roll === 0 ? 'all' : roll === 1 ? Array.from({ length: d.roll(3) }, () => column(d, sources)) : null;
  const items: Item[] = [];
  for (let n = 1 + d.roll(4); n > 0; n -= 1) items.push(item(d, sources, items, group));
  const r: Recipe = {
    ctes,
    distinct: d.roll(10) === 0 ? 'DISTINCT ' : '',
    items,
    sources,
    where: Array.from({ length: d.roll(3) }, () => predicate(d, sources)),
    group: group !== null && group !== 'all' && group.length === 0 ? null : group,
    having: group !== null && d.roll(3) === 0 ? `count(*) > ${d.roll(3)}` : null,
    qualify: group === null && d.roll(12) === 0 ? `${windowCall(d, sources)} < ${1 + d.roll(3)}` : null,
    order: [],
    limit: null,
    union: null,
  };
  if (d.roll(8) === 0) r.order = [pick(d, [column(d, sources), '1', ...ALIASES])];
  if (d.roll(10) === 0 && r.items.length > 0) {
    // Every item is a key, so that which rows remain is certain.
    r.order = r.items.map((_, i) => `${i + 1}`);
    r.limit = 1 + d.roll(3);
  }
  if (depth > 0 && d.roll(9) === 0) {
    const other = recipe(d, 0, names);
    other.order = [];
    other.limit = null;
    while (other.items.length > r.items.length) other.items.pop();
    while (other.items.length < r.items.length) other.items.push({ sql: String(d.roll(3)), alias: null });
    r.order = [];
    r.limit = null;
    r.union = {
      operator: pick(d, ['UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT', 'UNION ALL BY NAME']),
      with: other,
    };
  }
  return r;
}

function joined(d: Dice, sources: readonly Source[]): string {
  const right = sources.at(-1) as Source;
  const left = sources.slice(0, -1);
  const shared = right.columns.filter((c) => left.filter((l) => l.columns.includes(c)).length === 1);
  const roll = d.roll(7);
  if (roll === 0) return ',|';
  if (roll === 1 && shared.length > 0)
    return `${pick(d, ['JOIN', 'LEFT JOIN', 'FULL JOIN', 'SEMI JOIN'])}|USING (${pick(d, shared)})`;
  if (roll === 2 && shared.length > 0 && left.length === 1) return 'NATURAL JOIN|';
  const kind = pick(d, [
    'JOIN',
    'LEFT JOIN',
    'INNER JOIN',
    'LEFT OUTER JOIN',
    'FULL JOIN',
    'ANTI JOIN',
    'SEMI JOIN',
    'RIGHT JOIN',
  ]);
  return `${kind}|ON ${column(d, [right])} = ${column(d, left)}`;
}

/** One to two edits of the kinds that people make. */
export function edited(d: Dice, before: Recipe): Recipe {
  const after = clone(before);
  const inner = after.ctes.length > 0 && d.roll(3) === 0 ? pick(d, after.ctes).query : after;
  for (let n = 1 + (d.roll(4) === 0 ? 1 : 0); n > 0; n -= 1)
    edit(d, d.roll(6) === 0 && after.union !== null ? after.union.with : inner);
  return after;
}

function edit(d: Dice, r: Recipe): void {
  const at = d.roll(r.items.length);
  const own = r.items[at] as Item;
  switch (d.roll(26)) {
    case 0:
    case 1:
    case 2:
      r.items.splice(d.roll(r.items.length + 1), 0, item(d, r.sources, r.items.slice(0, at), r.group));
      return;
    case 3:
      r.items.push(item(d, r.sources, r.items, r.group));
      return;
    case 4:
      if (r.items.length > 1) r.items.splice(at, 1);
      return;
    case 5:
      r.items[at] = { ...item(d, r.sources, r.items.slice(0, at), r.group), alias: own.alias };
      return;
    case 6:
      own.alias = pick(d, ALIASES);
      return;
    case 7:
      r.items.reverse();
      return;
    case 8:
      r.where.push(predicate(d, r.sources));
      return;
    case 9:
      r.where.reverse();
      return;
    case 10:
      if (r.where.length > 0) r.where[d.roll(r.where.length)] = predicate(d, r.sources);
      return;
    case 11:
      r.where.pop();
      return;
    case 12:
      r.distinct = r.distinct === '' ? 'DISTINCT ' : '';
      return;
    case 13: {
      const next = source(d, 1, r.ctes, r.sources);
      next.join = joined(d, [...r.sources, next]);
      r.sources.push(next);
      return;
    }
    case 14: {
      const last = r.sources.at(-1) as Source;
      if (r.sources.length > 1) last.join = joined(d, r.sources);
      return;
    }
    case 15:
      r.ctes.push({ name: pick(d, ['x', 'y', 'z']), query: recipe(d, 0) });
      return;
    case 16:
      for (const each of r.items)
        each.sql = each.sql
          .replaceAll('(', '((')
          .replaceAll(')', '))')
          .replace(/^(count|sum|max|min)\(\(\*\)\)/, '$1(*)');
      return;
    case 17:
      own.sql = `(${own.sql})`;
      return;
    case 18:
      own.sql = own.sql.replace(/\d/, (n) => String((Number(n) + 1) % 5));
      return;
    case 19:
      if (r.group !== null && r.group !== 'all') r.group.push(column(d, r.sources));
      return;
    case 20:
      if (r.group !== null && r.group !== 'all') r.group.reverse();
      return;
    case 21:
      r.qualify =
        r.qualify === null && r.group === null ? `${windowCall(d, r.sources)} < ${1 + d.roll(3)}` : null;
      return;
    case 22:
      if (own.alias === null && /^[\w.]+$/.test(own.sql)) own.alias = own.sql.split('.').at(-1) as string;
      return;
    case 23:
      // The same rows, one level down.
      if (r.union === null && r.limit === null) {
        const names = columnsOf(r);
        if (names.length === r.items.length && new Set(names).size === names.length) {
          const whole = clone({ ...r, ctes: [] });
          Object.assign(r, {
            distinct: '',
            items: names.map((name) => ({ sql: name, alias: null })),
            sources: [{ sql: `(${queryText(whole)})`, alias: 'inside', columns: names, join: '' }],
            where: [],
            group: null,
            having: null,
            qualify: null,
            order: [],
          });
        }
      }
      return;
    case 24: {
      const last = r.sources.at(-1) as Source;
      last.sql = Object.keys(d.tables).includes(last.sql) ? pick(d, Object.keys(d.tables)) : last.sql;
      return;
    }
    default:
      r.order = r.order.length > 0 && r.limit === null ? [] : r.order;
  }
}
