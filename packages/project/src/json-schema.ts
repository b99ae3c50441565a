import type { Json, JsonObject } from '@seeknal/manifest';
import { z } from 'zod';

import { KEY_DESCRIPTIONS } from './key-descriptions.ts';
import { nodeSchema } from './node-schemas.ts';
import { KINDS } from './raw-node.ts';
import { settingsSchema } from './settings.ts';
import { snippetsSchema } from './snippets.ts';
import { unitTestSchema } from './unit-test-file.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/**
 * JSON Schema of the YAML files of a project: nodes in either form, files of shared snippets, and
 * `seeknal_project.yml`. For editors; what a file means beyond its shape only the loader knows.
 */
export function projectJsonSchema(): JsonObject {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, ofKind(kind)]));
  const keyed = KINDS.map((kind) => underItsName(kinds[kind] as JsonObject));
  return {
    $schema: DRAFT,
    title: 'A YAML file of a Seeknal project',
    type: 'object',
    definitions: {
      ...kinds,
      seeknal_project: described(jsonSchema(settingsSchema)),
      snippets: jsonSchema(snippetsSchema),
      keyed: {
        description: 'A node under its name; its kind is that of the folder, or of the key kind.',
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        propertyNames: { not: { enum: ['kind', 'name', 'sources', 'rules', 'transformations'] } },
        additionalProperties: { type: 'object', anyOf: keyed },
      },
    },
    properties: {
      kind: { enum: [...KINDS], description: 'What the node is.' },
      name: { type: 'string', description: KEY_DESCRIPTIONS['name'] ?? '' },
    },
    if: { required: ['kind'] },
    // oxlint-disable-next-line unicorn/no-thenable -- the word of JSON Schema
    then: {
      allOf: KINDS.map((kind) => ({
        if: { properties: { kind: { const: kind } } },
        // oxlint-disable-next-line unicorn/no-thenable -- the word of JSON Schema
        then: { $ref: `#/definitions/${kind}` },
      })),
    },
    else: {
      anyOf: ['seeknal_project', 'snippets', 'keyed'].map((name) => ({ $ref: `#/definitions/${name}` })),
    },
  };
}

/** JSON Schema of a file below `tests/`. */
export const unitTestsJsonSchema = (): JsonObject => ({
  $schema: DRAFT,
  title: 'Tests of nodes, by name',
  type: 'object',
  additionalProperties: {
    ...described(jsonSchema(unitTestSchema)),
    anyOf: [{ required: ['node'] }, { required: ['model'] }],
  },
});

/** A node with its kind named; without one it is another form. */
function ofKind(kind: string): JsonObject {
  const schema = described(jsonSchema(nodeSchema(kind)));
  const properties = { ...(schema['properties'] as JsonObject), kind: { const: kind } };
  const required = [...((schema['required'] ?? []) as readonly Json[]), 'kind', 'name'];
  return { ...schema, properties, required: [...new Set(required)] };
}

/** Of a kind whose keys are not known, only what says its kind is taken for one. */
function underItsName(schema: JsonObject): JsonObject {
  const optional = schema['additionalProperties'] === false ? ['kind', 'name'] : ['name'];
  const required = (schema['required'] as readonly string[]).filter((key) => !optional.includes(key));
  return { ...schema, required };
}

function jsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return rest as JsonObject;
}

/** Says under every property that has a name worth a word what it is about. */
function described(schema: Json): JsonObject {
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(walk);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, each]) =>
        key === 'properties' ? [key, withDescriptions(each as JsonObject)] : [key, walk(each)],
      ),
    );
  };
  const withDescriptions = (properties: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(properties).map(([name, each]) => {
        const description = KEY_DESCRIPTIONS[name];
        const walked = walk(each) as JsonObject;
        return [name, description === undefined ? walked : { ...walked, description }];
      }),
    );
  return walk(schema) as JsonObject;
}
