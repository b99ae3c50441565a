export { openDuckDb, type DuckDbOptions } from './open-duckdb.ts';
export { openSqlParser, type SqlParser, type TableSchemas } from './sql-parser.ts';
export { openTestBench, type Comparison, type RowDifference, type TestBench } from './test-bench.ts';
export type { GivenRows } from './given-rows.ts';
