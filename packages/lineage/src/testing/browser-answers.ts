import { columnLineage, lineageOfQuery, openLineage } from '@seeknal/lineage';
import { lightParser } from '@seeknal/sql-ast';

const schema = {
  orders: { id: 'INTEGER', cust: 'INTEGER', amount: 'DOUBLE', day: 'DATE' },
  customers: { id: 'INTEGER', name: 'VARCHAR' },
};

const QUERIES: readonly string[] = [
  'SELECT day, sum(amount) AS total FROM orders WHERE cust > 1 GROUP BY day',
  'SELECT * FROM orders o JOIN customers c ON o.cust = c.id',
  'WITH v AS (SELECT *, rank() OVER (PARTITION BY cust ORDER BY day) AS n FROM orders) SELECT id FROM v WHERE n = 1',
  'SELECT name, (SELECT max(day) FROM orders WHERE cust = customers.id) AS last FROM customers',
  'SELECT * FROM elsewhere',
  'SELECT id FROM orders, customers',
  'PIVOT orders ON day USING sum(amount)',
  "SELECT 'no end",
];

/** The lineage of every query, or the error, as lines: the same in Node and in a browser. */
export async function answers(): Promise<string> {
  const parse = await lightParser('duckdb');
  return QUERIES.map((sql) => {
    try {
      const lineage = columnLineage(parse(sql), { schema });
      const options = {
        namespace: 'page',
        eventTime: '2024-01-01T00:00:00Z',
        producer: 'https://example.org',
      };
      const events = openLineage(lineageOfQuery('query', lineage), options);
      return [sql, JSON.stringify(lineage), JSON.stringify(events)].join('\n  ');
    } catch (error) {
      return [sql, (error as { readonly message: string }).message].join('\n  ');
    }
  }).join('\n');
}
