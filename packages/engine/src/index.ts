export type {
  CatalogEntry,
  CheckResult,
  Commit,
  Engine,
  FileSource,
  QueryOptions,
  QueryResult,
  RenderedCheck,
  RunOptions,
  View,
  ViewSwitch,
  Work,
} from './engine.ts';
export { EngineError, type EngineErrorCode, type EngineErrorOptions } from './errors.ts';
