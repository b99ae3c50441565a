import type { JsonObject } from '@seeknal/manifest';

/** JSON Schema (draft 7) of what `seeknal diff --data --json` prints. Only gains keys. */
export function dataDiffJsonSchema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'How the rows of two environments differ',
    ...object({
      a: { type: 'string', description: 'The first environment.' },
      b: { type: 'string' },
      differs: { type: 'boolean' },
      nodes: listOf(nodeDiff()),
    }),
  };
}

const nodeDiff = (): JsonObject =>
  object({
    node: { type: 'string', description: 'kind.name' },
    status: { enum: ['same_table', 'same_rows', 'differs', 'only_a', 'only_b'] },
    snapshots: object({ a: orNull({ type: 'string' }), b: orNull({ type: 'string' }) }),
    keys: { ...listOf({ type: 'string' }), description: 'Empty: rows were compared as wholes.' },
    data: orNull(
      object({
        rows: both(),
        compared: both(),
        onlyA: count(),
        onlyB: count(),
        changed: {
          ...orNull(count()),
          description: 'Rows with one key and other values; null without keys.',
        },
        columns: listOf(
          object({
            name: { type: 'string' },
            a: { ...orNull({ type: 'string' }), description: 'Its type; null: there is no such column.' },
            b: orNull({ type: 'string' }),
            differing: orNull(count()),
          }),
        ),
        examples: object({
          columns: listOf({ type: 'string' }),
          onlyA: listOf(row()),
          onlyB: listOf(row()),
          changed: listOf(object({ a: row(), b: row() })),
        }),
      }),
    ),
  });

/** Exactly these keys. */
const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const count = (): JsonObject => ({ type: 'integer', minimum: 0 });
const both = (): JsonObject => object({ a: count(), b: count() });
const row = (): JsonObject => ({ type: 'array' });
const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });
