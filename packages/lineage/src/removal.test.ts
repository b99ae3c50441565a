import { expect, test } from '@jest/globals';
import { lightParser } from '@seeknal/sql-ast';

import { LineageBuilder } from './lineage-builder.ts';
import { downstreamOf } from './removal.ts';
import { exampleManifest, inputs } from './testing/example-manifest.ts';

test('a removed column breaks what reads it, over any number of nodes', async () => {
  const parse = await lightParser('duckdb');
  const check = { severity: 'error', message: null, place: { file: '', line: 1, column: 1 } } as const;
  const lineage = await new LineageBuilder({ parse }).build(
    exampleManifest({
      'source.orders': 'day amount note paid',
      'transform.clean': 'SELECT * FROM source.orders WHERE paid > 0',
      'transform.daily':
        'SELECT day, sum(amount) AS revenue, count(*) AS n FROM transform.clean GROUP BY day',
      'transform.twice': "SELECT * FROM ref('transform.daily')",
      'exposure.board': 'transform.daily',
      'rule.positive': {
        kind: 'rule',
        inputs: inputs('transform.clean'),
        checks: [{ ...check, type: 'not_null', columns: ['amount'] }],
      },
    }),
  );
  const told = (...columns: readonly string[]): string =>
    downstreamOf(lineage, 'transform.clean', columns).text;
  expect(downstreamOf(lineage, 'transform.clean', ['amount'])).toEqual({
    node: 'transform.clean',
    columns: ['amount'],
    breaks: ['rule.positive', 'transform.daily.revenue', 'exposure.board', 'transform.twice.revenue'],
    text: 'removes `amount`: breaks rule.positive, transform.daily.revenue, exposure.board, transform.twice.revenue',
  });
  expect(told('day', 'amount')).toBe(
    'removes `day`, `amount`: breaks rule.positive, transform.daily, exposure.board, transform.twice',
  );
  expect(told('note')).toBe('removes `note`: nobody reads it');
  // Nobody lists the columns of the source: what else it has comes through the star.
  expect(downstreamOf(lineage, 'source.orders', ['note']).breaks).toEqual(['transform.clean.note']);
  expect(downstreamOf(lineage, 'source.orders', ['unheard_of']).breaks).toEqual(['transform.clean']);
});
