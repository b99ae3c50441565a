import type { JsonObject } from '@seeknal/manifest';

/** JSON Schema of the YAML files of a project. The schemas are loaded when they are asked for. */
export const projectJsonSchema = async (): Promise<JsonObject> =>
  (await import('./json-schema.ts')).projectJsonSchema();

/** JSON Schema of the files below `tests/`. */
export const unitTestsJsonSchema = async (): Promise<JsonObject> =>
  (await import('./json-schema.ts')).unitTestsJsonSchema();
