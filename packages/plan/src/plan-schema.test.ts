import type { JsonObject } from '@seeknal/manifest';
import { expect, test } from '@jest/globals';

import { planJsonSchema } from './plan-schema.ts';
import { plan } from './planner.ts';
import { EMPTY, exampleManifest, jan } from './testing/example-project.ts';

const keysOf = (schema: unknown): readonly string[] =>
  Object.keys((schema as { readonly properties: JsonObject }).properties).toSorted();

// That values are as the schema says is held against real plans where they are printed, with a validator.
/** A snapshot has former names where its node has. */
const withoutFormer = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => key !== 'formerNodes');

test('a plan, its nodes, snapshots and tasks have the keys that the schema says', () => {
  const made = plan({
    manifest: exampleManifest([{ id: 'source.s' }, { id: 'transform.t', inputs: ['source.s'] }]),
    state: EMPTY,
    environment: 'prod',
    warehouse: 'w',
    now: jan(3),
    range: null,
    select: null,
    full: false,
    outside: {},
  });
  const schema = planJsonSchema();
  const definitions = schema['definitions'] as { readonly [name: string]: JsonObject };
  const sorted = (value: object | undefined): readonly string[] => Object.keys(value ?? {}).toSorted();
  expect(keysOf(schema)).toEqual(sorted(made));
  expect(keysOf(definitions['node'])).toEqual(sorted(made.nodes[0]));
  expect(withoutFormer(keysOf(definitions['snapshot']))).toEqual(sorted(made.snapshots[0]));
  expect(keysOf(definitions['task'])).toEqual(sorted(made.tasks[0]));
});
