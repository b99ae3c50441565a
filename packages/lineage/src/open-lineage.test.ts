import { expect, test } from '@jest/globals';
import { lightParser } from '@seeknal/sql-ast';

import { columnLineage } from './column-lineage.ts';
import { lineageOfQuery } from './lineage-of-query.ts';
import { ManifestLineage } from './manifest-lineage.ts';
import { openLineage } from './open-lineage.ts';
import { datasetEventFaults } from './testing/dataset-event-faults.ts';

const OPTIONS = {
  namespace: 'seeknal://shop',
  eventTime: '2024-01-04T12:00:00.000Z',
  producer: 'https://example.org/tool',
};

async function eventsOf(sql: string, schema = {}) {
  const parse = await lightParser('duckdb');
  return openLineage(lineageOfQuery('daily', columnLineage(parse(sql), { schema })), OPTIONS);
}

test('a node is a dataset whose fields name the fields above them', async () => {
  const field = (name: string, of: string, type: string) => ({
    namespace: 'seeknal://shop',
    name,
    field: of,
    transformations: [{ type }],
  });
  const [event, ...others] = await eventsOf(
    'SELECT day, sum(qty * price) AS revenue FROM shop.sales WHERE paid GROUP BY day',
  );
  expect(others).toEqual([]);
  expect(event).toEqual({
    eventTime: '2024-01-04T12:00:00.000Z',
    producer: 'https://example.org/tool',
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent',
    dataset: {
      namespace: 'seeknal://shop',
      name: 'daily',
      facets: {
        schema: {
          _producer: 'https://example.org/tool',
          _schemaURL:
            'https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
          fields: [{ name: 'day' }, { name: 'revenue' }],
        },
        columnLineage: {
          _producer: 'https://example.org/tool',
          _schemaURL:
            'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
          fields: {
            day: { inputFields: [field('sales', 'day', 'DIRECT')] },
            revenue: { inputFields: [field('sales', 'price', 'DIRECT'), field('sales', 'qty', 'DIRECT')] },
          },
          dataset: [field('sales', 'day', 'INDIRECT'), field('sales', 'paid', 'INDIRECT')],
        },
      },
    },
  });
});

test.each([
  'SELECT * FROM sales',
  'SELECT sales.x, sales_old.* FROM sales CROSS JOIN sales_old',
  'SELECT 1 AS one',
  "SELECT n FROM read_csv('f.csv')",
  'PIVOT sales ON day USING sum(qty)',
])('the events of %s have the shape that OpenLineage publishes', async (sql) => {
  for (const event of await eventsOf(sql)) expect(datasetEventFaults(event)).toEqual([]);
});

test('a star stands for the columns that are listed', async () => {
  const parse = await lightParser('duckdb');
  const lineage = lineageOfQuery('all', columnLineage(parse('SELECT s.*, k + 1 AS l FROM s')));
  const [event] = openLineage(lineage, { ...OPTIONS, nodes: ['all', 'not there'] });
  expect(event?.dataset.facets.columnLineage.fields['*']?.inputFields.map(({ field }) => field)).toEqual([
    '*',
    'k',
  ]);
});

test('names of tables may begin alike, or hold dots', async () => {
  const [event] = await eventsOf(
    'SELECT a.x, b.y, c.z FROM p.t AS a CROSS JOIN q.t AS b CROSS JOIN "p.t" AS c',
  );
  const fields = Object.values(event?.dataset.facets.columnLineage.fields ?? {}).flatMap(
    ({ inputFields }) => inputFields,
  );
  expect(fields.map(({ name, field }) => [name, field])).toEqual([
    ['p.t', 'x'],
    ['t', 'y'],
    ['p.t', 'z'],
  ]);
});

test('a table outside the project may have any column', async () => {
  const lineage = new ManifestLineage([
    {
      node: 'transform.a',
      kind: 'transform',
      columns: [{ name: '*', sources: [{ node: 'elsewhere', column: '*' }] }],
      rowSources: [],
      inputs: ['elsewhere'],
      notes: [],
      problems: [],
    },
  ]);
  const [event] = openLineage(lineage, OPTIONS);
  expect(event?.dataset.facets.columnLineage.fields['*']?.inputFields).toMatchObject([
    { name: 'elsewhere', field: '*' },
  ]);
});
