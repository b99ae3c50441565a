import { expect, test } from '@jest/globals';
import { usesFileDirectly } from './file-reads.ts';

const paths = (sql: string): readonly (string | null)[] => usesFileDirectly(sql).map(({ path }) => path);

test.each([
  // functions
  ["from read_csv('a.csv')", ['a.csv']],
  ["from READ_CSV_AUTO('a.csv', header = true, columns = {'x': 'INT'})", ['a.csv']],
  ["from read_parquet(['a.parquet', 'b.parquet'], union_by_name = true)", ['a.parquet', 'b.parquet']],
  ["select content from read_text($$a$$), glob('*.x')", ['a', '*.x']],
  ['from read_csv(x)', [null]],
  ["from read_csv('a' || x)", [null]],
  ["from read_csv(['a', x])", [null]],
  ["from read_json(E'a\\n')", [null]],
  ['from read_csv(', [null]],
  ["from read_csv('a'", [null]],
  ['from read_csv()', [null]],
  ["select read_csv, 'a.csv' from t", []],
  // strings and file names in the place of a table
  ["from 'a.csv'", ['a.csv']],
  [
    "select * from 'a.csv' x join 'b.csv' on x.c = 'd', 'e.csv' where f in ('g', 'h')",
    ['a.csv', 'b.csv', 'e.csv'],
  ],
  ["from (select 'a' from 'b.csv')", ['b.csv']],
  ["from ('a.csv' join 'b.csv' using (c))", ['a.csv', 'b.csv']],
  ["from x: 'a.csv'", ['a.csv']],
  ["pivot 'a.csv' on b in ('c')", ['a.csv']],
  ["summarize 'a.csv'", ['a.csv']],
  ["from E'a\\.csv'", [null]],
  ['from "data/a.parquet"', ['data/a.parquet']],
  ['from "a.csv.gz", "a csv", u&"a.csv", a', ['a.csv.gz']],
  ["select a is distinct from 'b', a is not distinct from 'c'", []],
  ["select 'a', 'b' from t where c = 'd' group by 'e', 'f'", []],
  ["from (values ('a'), ('b'))", []],
  ["from range(1, 'x') , 'a.csv'", ['a.csv']],
  ["select {'a': 'b'}, [1, 'c']) from t", []],
])('%s', (sql, files) => expect(paths(sql)).toEqual(files));

test('says where', () => {
  expect(usesFileDirectly("select * from 'a.csv', read_csv(['b'])")).toEqual([
    { path: 'a.csv', start: 14 },
    { path: 'b', start: 33 },
  ]);
});
