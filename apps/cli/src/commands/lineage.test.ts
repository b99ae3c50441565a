import { expect, test } from '@jest/globals';

import { folderWith, seeknal, shop } from '../in-process.test.kit.ts';

const DAILY = `SELECT o.day, sum(o.amount * (1 - c.discount)) AS revenue, rank() OVER (PARTITION BY c.country ORDER BY o.day) AS n
FROM orders o JOIN customers c ON o.cust = c.id WHERE c.active GROUP BY o.day, c.country`;
const SCHEMA = JSON.stringify({
  orders: { day: 'DATE', amount: 'DOUBLE', cust: 'INTEGER' },
  customers: { id: 'INTEGER', discount: 'DOUBLE', country: 'VARCHAR', active: 'BOOLEAN' },
});
const query = (sql: string, schema = SCHEMA): Promise<string> =>
  folderWith({ 'f.sql': sql, 's.json': schema });

test('a query: its columns, what they are computed from, what decides the rows', async () => {
  const folder = await query(DAILY);
  const line = 'lineage --sql f.sql --schema s.json';
  expect(await seeknal(folder, line)).toEqual({
    code: 0,
    out: `f.sql
|- day     <- orders.day
|- revenue <- customers.discount, orders.amount
|- n       <- customers.country, orders.day
\`- rows    <- customers.active, customers.country, customers.id, orders.cust, orders.day
`,
    err: '',
  });
  const rows = ['customers.active', 'customers.country', 'customers.id', 'orders.cust', 'orders.day'];
  const json = {
    tables: ['customers', 'orders'],
    columns: [
      { name: 'day', sources: ['orders.day'], rowSources: rows },
      { name: 'revenue', sources: ['customers.discount', 'orders.amount'], rowSources: rows },
      { name: 'n', sources: ['customers.country', 'orders.day'], rowSources: rows },
    ],
    rowDependencies: rows,
  };
  expect(JSON.parse((await seeknal(folder, `${line} --json`)).out)).toEqual(json);
  expect(JSON.parse((await seeknal(folder, `${line} --json --parser node-sql-parser`)).out)).toEqual(json);
});

test('columns are called as DuckDB calls them, where it can tell', async () => {
  const folder = await query('SELECT CASE WHEN cust > 1 THEN 2 END, amount + 1 FROM orders');
  const named = async (line: string): Promise<readonly string[]> =>
    (JSON.parse((await seeknal(folder, line)).out) as { columns: { name: string }[] }).columns.map(
      ({ name }) => name,
    );
  expect(await named('lineage --sql f.sql --schema s.json --json')).toEqual([
    'CASE  WHEN ((cust > 1)) THEN (2) ELSE NULL END',
    '(amount + 1)',
  ]);
  expect((await named('lineage --sql f.sql --json'))[1]).toBe('(amount + 1)');
});

test('without a schema a star is every column; what is doubtful is said on the side', async () => {
  const folder = await query('SELECT *, mine(k) AS m FROM x');
  const { code, out, err } = await seeknal(folder, 'lineage --sql f.sql');
  expect([code, out]).toEqual([0, 'f.sql\n|- m    <- x.k\n|- *    <- x.*\n`- rows <- x.*, x.k\n']);
  expect(err).toBe('INFO taken to read everything it could: the function mine is not known\n');
});

test.each([
  [
    'SELECT amout FROM orders',
    'WARNING There is no column amout in reach.\n  -> There is day, amount, cust.\n',
  ],
  [
    'SELECT x.cust FROM orders x, orders y WHERE cust = 1',
    'WARNING The column cust could be x.cust or y.cust.\n  -> There is x.cust, y.cust.\n',
  ],
])('a name that means nothing, or two things, is told with what could be meant: %s', async (sql, said) => {
  expect(await seeknal(await query(sql), 'lineage --sql f.sql --schema s.json')).toMatchObject({
    code: 0,
    err: said,
  });
});

test('a long list of candidates is cut', async () => {
  const wide = { w: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`c${at}`, 'INTEGER'])) };
  const folder = await query('SELECT nope FROM w', JSON.stringify(wide));
  expect((await seeknal(folder, 'lineage --sql f.sql --schema s.json')).err).toContain(
    'c11, ... (40 in all).',
  );
});

test.each([
  ['lineage --sql gone.sql', 2, 'There is no file gone.sql.'],
  ['lineage --sql f.sql --schema f.sql', 2, 'f.sql does not describe tables: it is not JSON'],
  ['lineage --schema s.json', 2, '--schema belongs to a file with SQL.'],
  ['lineage daily --sql f.sql', 2, '"daily" is about the project, and --sql about a file.'],
  ['lineage --upstream --sql f.sql', 2, '--upstream is about the project, and --sql about a file.'],
  ['lineage --dot --mermaid --sql f.sql', 2, '--mermaid and --dot are two ways to print one thing.'],
  ['lineage --sql f.sql --dialect postgres --parser duckdb', 2, 'DuckDB does not read the dialect postgres.'],
  ['lineage --sql f.sql --dialect oracle', 2, "Option '--dialect <name>' argument 'oracle' is invalid"],
])('%s is refused', async (line, code, message) => {
  const ran = await seeknal(await query('SELECT 1'), line);
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(message);
});

test('text that is no query is told with its place', async () => {
  const ran = await seeknal(await query('SELECT a FROM'), 'lineage --sql f.sql');
  expect([ran.code, ran.out]).toEqual([1, '']);
  expect(ran.err).toContain('The SQL cannot be read at character');
});

test('the project, node by node', async () => {
  expect(await seeknal(await shop(), 'lineage')).toEqual({
    code: 0,
    out: `source.orders
|- day
|- amount
\`- *

transform.daily
|- day    <- source.orders.day
|- amount <- source.orders.amount
\`- rows   <- source.orders.day

transform.total
\`- amount <- transform.daily.amount
`,
    err: '',
  });
});

test('a node, and a column all the way', async () => {
  const folder = await shop({
    'seeknal/exposures/board.yml':
      'kind: exposure\nname: board\ntype: file\nparams: { path: target/board.csv }\ninputs: [{ ref: transform.total }]\n',
    'seeknal/rules/positive.yml':
      'kind: rule\nname: positive\ninputs: [{ ref: transform.daily }]\nrule: [{ type: range, column: amount, params: { min_val: 0 } }]\nparams: { severity: error }\n',
  });
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'lineage daily')).out).toBe(`transform.daily
|- day    <- source.orders.day
|- amount <- source.orders.amount
\`- rows   <- source.orders.day

read by
\`- amount -> rule.positive, transform.total.amount
`);
  expect((await seeknal(folder, 'lineage total.amount')).out).toBe(`transform.total.amount
computed from
\`- transform.daily.amount
   \`- source.orders.amount

rows decided by
\`- source.orders  day

read by
\`- exposure.board  amount
`);
  expect((await seeknal(folder, 'lineage source.orders.day --downstream')).out).toBe(`source.orders.day
read by
|- transform.daily  day, (rows)
|- rule.positive
|- transform.total  (rows)
\`- exposure.board   (rows)
`);
  expect((await seeknal(folder, 'lineage source.orders.day --upstream')).out).toBe(
    'source.orders.day\nreads nothing\n',
  );
  expect((await seeknal(folder, 'lineage board.amount --downstream')).out).toBe(
    'exposure.board.amount\nnobody reads it\n',
  );
  const document: unknown = JSON.parse((await seeknal(folder, 'lineage daily.amount --json')).out);
  expect(document).toEqual({
    node: 'transform.daily',
    column: 'amount',
    columns: [{ name: 'amount', sources: [{ node: 'source.orders', column: 'amount' }] }],
    rowSources: [{ node: 'source.orders', column: 'day' }],
    inputs: ['source.orders'],
    upstream: [{ node: 'source.orders', columns: ['amount'], rowColumns: ['day'] }],
    downstream: [
      { node: 'rule.positive', columns: [], rows: true },
      { node: 'transform.total', columns: ['amount'], rows: false },
      { node: 'exposure.board', columns: ['amount'], rows: false },
    ],
    notes: [],
    problems: [],
  });
  const all = JSON.parse((await seeknal(folder, 'lineage --json')).out) as { nodes: { node: string }[] };
  expect(all.nodes.map(({ node }) => node)).toEqual([
    'source.orders',
    'transform.daily',
    'rule.positive',
    'transform.total',
    'exposure.board',
  ]);
});

test('a node or a column that is not there is told with the nearest', async () => {
  const folder = await shop();
  expect(await seeknal(folder, 'lineage dayly')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean "daily"?'),
  });
  expect(await seeknal(folder, 'lineage daily.amout')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean "amount"?'),
  });
});

test('a node that cannot be followed says why', async () => {
  const folder = await shop({
    'seeknal/transforms/wide.yml':
      'kind: transform\nname: wide\ninputs: [{ ref: transform.daily }]\ntransform: PIVOT transform.daily ON day USING sum(amount)\n',
  });
  const { out, err } = await seeknal(folder, 'lineage wide');
  expect(out).toBe('transform.wide\n|- *    <- transform.daily.*\n`- rows <- transform.daily.*\n');
  expect(err).toMatch(/^INFO transform\.wide: taken to read everything it could: /u);
});

test('drawn: boxes of columns, arrows for values, broken ones for rows', async () => {
  const folder = await shop();
  expect((await seeknal(folder, 'lineage daily.amount --mermaid')).out).toBe(`flowchart LR
  subgraph n0["source.orders"]
    n0_c0["amount"]
    n0_c1["day"]
  end
  subgraph n1["transform.daily"]
    n1_c0["amount"]
    n1_rows([rows])
  end
  subgraph n2["transform.total"]
    n2_c0["amount"]
  end
  n0_c0 --> n1_c0
  n0_c1 -.-> n1_rows
  n1_c0 --> n2_c0
`);
  const odd = await query('SELECT "a""<b>" AS "x\\y" FROM "t ""1"""');
  expect((await seeknal(odd, 'lineage --sql f.sql --dot')).out).toBe(`digraph lineage {
  rankdir=LR;
  node [shape=box, style=rounded];
  subgraph cluster_n0 {
    label="t \\"1\\"";
    n0_c0 [label="a\\"<b>"];
  }
  subgraph cluster_n1 {
    label="f.sql";
    n1_c0 [label="x\\\\y"];
  }
  n0_c0 -> n1_c0;
}
`);
  expect((await seeknal(odd, 'lineage --sql f.sql --mermaid')).out).toContain('n0_c0["a#34;#60;b#62;"]');
  const whole = (await seeknal(folder, 'lineage --dot')).out;
  expect(whole).toContain('n0_c0 -> n1_rows [style=dashed];');
  expect(whole).toContain('n1_rows [label="rows", shape=oval];');
});

test('as events of OpenLineage, one a node that reads something', async () => {
  const folder = await shop();
  const events = JSON.parse((await seeknal(folder, 'lineage --openlineage')).out) as {
    eventTime: string;
    dataset: { namespace: string; name: string; facets: { columnLineage: { fields: object } } };
  }[];
  expect(events.map(({ dataset }) => dataset.name)).toEqual(['transform.daily', 'transform.total']);
  expect(events[0]).toMatchObject({
    eventTime: '2024-01-04T12:00:00.000Z',
    dataset: { namespace: 'seeknal://shop' },
  });
  expect(events[1]?.dataset.facets.columnLineage.fields).toEqual({
    amount: {
      inputFields: [
        {
          namespace: 'seeknal://shop',
          name: 'transform.daily',
          field: 'amount',
          transformations: [{ type: 'DIRECT' }],
        },
      ],
    },
  });
  expect(JSON.parse((await seeknal(folder, 'lineage daily --openlineage')).out)).toHaveLength(1);
});

test('on a terminal the tree is drawn with lines, and long lists go on below', async () => {
  const list = Array.from({ length: 12 }, (_, at) => `column_${at}`);
  const folder = await query(`SELECT ${list.join(' + ')} AS total, column_0 AS c FROM numbers`);
  const { out } = await seeknal(folder, 'lineage --sql f.sql', {
    columns: 60,
    env: { LANG: 'C.UTF-8', NO_COLOR: '1' },
  });
  expect(out).toBe(`f.sql
├─ total ← numbers.column_0, numbers.column_1,
│          numbers.column_10, numbers.column_11,
│          numbers.column_2, numbers.column_3,
│          numbers.column_4, numbers.column_5,
│          numbers.column_6, numbers.column_7,
│          numbers.column_8, numbers.column_9
└─ c     ← numbers.column_0
`);
});

test('what was shown is not shown again', async () => {
  const folder = await shop({
    'seeknal/transforms/a.yml':
      "kind: transform\nname: a\ntransform: SELECT amount AS x, amount + 1 AS y FROM ref('transform.daily')\n",
    'seeknal/transforms/b.yml':
      "kind: transform\nname: b\ntransform: SELECT x + y AS z FROM ref('transform.a')\n",
  });
  expect((await seeknal(folder, 'lineage b.z --upstream')).out).toBe(`transform.b.z
computed from
|- transform.a.x
|  \`- transform.daily.amount
|     \`- source.orders.amount
\`- transform.a.y
   \`- transform.daily.amount  (above)

rows decided by
\`- source.orders  day
`);
});
