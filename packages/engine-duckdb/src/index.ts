export { openDuckDb, type DuckDbOptions } from './open-duckdb.ts';
