export {
  DatabaseBackend,
  DatabaseStateBackend,
  openStateDatabase,
  type DatabaseBackendOptions,
} from './database-backend.ts';
export { databaseStateStore, inspectDatabase, type DatabaseReport } from './inspect.ts';
export { MIGRATIONS, SCHEMA_VERSION, type Migration } from './migrations.ts';
