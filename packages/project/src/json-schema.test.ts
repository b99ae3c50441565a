import { expect, test } from '@jest/globals';

import { projectJsonSchema, unitTestsJsonSchema } from './index.ts';
import { KINDS } from './raw-node.ts';

interface Shape {
  readonly properties: { readonly [key: string]: { readonly description?: string; readonly const?: string } };
  readonly required: readonly string[];
  readonly additionalProperties?: boolean;
}

// That good files pass and bad ones do not is held against a validator where the schemas are printed.
test('every kind has a definition that names its kind, and says of its keys what they are about', async () => {
  const schema = (await projectJsonSchema()) as unknown as {
    readonly definitions: { readonly [name: string]: Shape };
  };
  expect(Object.keys(schema.definitions).toSorted()).toEqual(
    [...KINDS, 'keyed', 'seeknal_project', 'snippets'].toSorted(),
  );
  for (const kind of KINDS) {
    const { properties, required } = schema.definitions[kind] as Shape;
    expect(properties['kind']).toEqual({ const: kind });
    expect(required).toEqual(expect.arrayContaining(['kind', 'name']));
  }
  const { transform } = schema.definitions;
  expect(transform?.additionalProperties).toBe(false);
  expect(transform?.properties['schedule']?.description).toContain('@daily');
});

test('a test names its node, by either word', async () => {
  expect(await unitTestsJsonSchema()).toMatchObject({
    additionalProperties: {
      required: ['expect'],
      anyOf: [{ required: ['node'] }, { required: ['model'] }],
    },
  });
});
