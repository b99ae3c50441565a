import { createRequire } from 'node:module';

/**
 * DuckDB's own package, loaded when first asked for. By `require`: it is CommonJS, and to find the names that
 * it exports takes `import` about as long as to load it.
 */
export const duckDbApi = (): typeof import('@duckdb/node-api') =>
  createRequire(import.meta.url)('@duckdb/node-api') as typeof import('@duckdb/node-api');
