import type { Json, JsonObject } from '@seeknal/manifest';

/**
 * JSON Schema (draft 7) of a plan as `seeknal plan --json` prints it and `--out` writes it. A plan of
 * version 1 only gains keys.
 */
export function planJsonSchema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A plan of Seeknal',
    definitions: {
      instant: { type: 'integer', description: 'Milliseconds since the epoch, UTC.' },
      interval: object({ start: ref('instant'), end: ref('instant') }, 'Half-open: the end is not included.'),
      nodeId: {
        type: 'string',
        pattern: String.raw`^[a-z_]+\.[A-Za-z_][A-Za-z0-9_-]*$`,
        description: 'kind.name',
      },
      materialization: { enum: MATERIALIZATIONS },
      snapshot: snapshot(),
      proof: object({
        fingerprint: text('The new one, which needs no rows of its own.'),
        snapshot: text('Whose rows it may use.'),
        from: text('The fingerprint it was compared with.'),
        analyser: text('What found it, by version.'),
        reason: text('For people, in one line.'),
        evidence: { type: 'object' },
        madeAt: ref('instant'),
      }),
      node: node(),
      edit: edit(),
      task: object(
        {
          id: text('transform.daily@2024-01-01..2024-01-08, or the node without a schedule.'),
          node: ref('nodeId'),
          snapshot: text(),
          action: { enum: ['load', 'build', 'check', 'export', 'view', 'audit'] },
          range: ref('interval'),
          intervals: count(),
        },
        'One snapshot and one batch of intervals.',
      ),
    },
    ...object({
      version: { const: 1 },
      id: text('A hash of everything else but createdAt.'),
      project: text(),
      warehouse: text('The id of the warehouse, or “none yet”.'),
      environment: text(),
      createdAt: ref('instant'),
      now: ref('instant'),
      range: orNull(ref('interval')),
      asked: { type: 'object', description: 'What it was asked for beside the range.' },
      base: object(
        {
          environment: object({ name: text(), epoch: count() }),
          others: mapOf(count()),
          generations: mapOf(count()),
          nodes: mapOf(text()),
        },
        'What must hold for the plan to be applied as shown.',
      ),
      snapshots: listOf(ref('snapshot')),
      proofs: listOf(ref('proof')),
      forks: listOf(object({ node: ref('nodeId'), from: text(), to: text() })),
      invalidations: listOf(object({ snapshot: text(), range: ref('interval'), reason: text() })),
      nodes: listOf(ref('node')),
      tasks: listOf(ref('task')),
      pointers: mapOf(text()),
      summary: object(
        Object.fromEntries(
          ['add', 'change', 'remove', 'backfill', 'keep', 'blocked', 'tasks', 'intervals'].map((name) => [
            name,
            count(),
          ]),
        ),
      ),
    }),
  };
}

const MATERIALIZATIONS: readonly Json[] = [
  'source',
  'full',
  'incremental_by_time',
  'append',
  'upsert_by_key',
  'view',
  'rule',
  'exposure',
];

const node = (): JsonObject =>
  object(
    {
      node: ref('nodeId'),
      renamedFrom: orNull(ref('nodeId')),
      kind: text(),
      materialization: orNull(ref('materialization')),
      action: { enum: ['add', 'change', 'backfill', 'keep', 'remove', 'blocked'] },
      category: { enum: ['BREAKING', 'NON_BREAKING', 'METADATA', null] },
      reason: text('One sentence.'),
      path: listOf(ref('nodeId')),
      snapshot: orNull(text()),
      isNew: { type: 'boolean' },
      continues: orNull(text()),
      missing: listOf(ref('interval')),
      maybe: listOf(ref('interval')),
      intervals: count(),
      tasks: count(),
      impact: orNull(
        object({
          rows: { type: 'boolean' },
          changed: listOf(text()),
          added: listOf(text()),
          removed: listOf(text()),
          shape: { type: 'boolean' },
        }),
      ),
      edits: listOf(ref('edit')),
      causes: listOf(object({ node: ref('nodeId'), rows: { type: 'boolean' }, columns: listOf(text()) })),
      reach: listOf(
        object(
          {
            kind: { enum: ['removes', 'changes'] },
            columns: listOf(text()),
            readers: listOf(text('kind.name, or kind.name.column.')),
            sentence: text(),
          },
          'Who reads columns that the node changes or takes away.',
        ),
      ),
      problems: listOf(text('A name in its query that cannot be bound.')),
      sql: orNull(object({ old: text(), new: text() })),
      verified: orNull(
        object(
          {
            rows: count(),
            ranges: count(),
            sampled: { type: 'boolean' },
            same: { type: 'boolean' },
            differing: listOf(ref('interval')),
          },
          'What plan --verify found of rows that are kept, or were to be.',
        ),
      ),
      notes: listOf(text()),
    },
    'What the plan does to one node.',
  );

const edit = (): JsonObject => {
  const side = orNull(object({ text: text(), span: orNull(object({ start: count(), end: count() })) }));
  return object({
    kind: { enum: ['INSERT', 'DELETE', 'UPDATE', 'MOVE'] },
    part: text(),
    path: listOf(text()),
    changes: listOf(text()),
    old: side,
    new: side,
    sentence: text(),
  });
};

const snapshot = (): JsonObject =>
  object(
    {
      id: text(),
      node: ref('nodeId'),
      formerNodes: listOf(ref('nodeId')),
      kind: text(),
      fingerprint: text(),
      definition: { type: 'object' },
      materialization: ref('materialization'),
      inputs: listOf(object({ place: text(), node: ref('nodeId'), snapshot: text() })),
      reads: listOf(
        object({
          node: ref('nodeId'),
          snapshot: text(),
          reads: {
            anyOf: [
              object({ kind: { enum: ['interval', 'all'] } }),
              object({ kind: { const: 'back' }, count: count() }),
            ],
          },
          onChange: { enum: ['keep', 'rebuild'] },
        }),
      ),
      schedule: orNull(object({ expression: text(), timeZone: text() })),
      timeColumn: orNull(text()),
      start: orNull(ref('instant')),
      createdAt: ref('instant'),
    },
    'A set of rows that the plan makes.',
    ['formerNodes'],
  );

/** Exactly these keys, of which some may be left out. */
const object = (
  properties: JsonObject,
  description?: string,
  optional: readonly string[] = [],
): JsonObject => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
});

const text = (description?: string): JsonObject => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
});
const count = (): JsonObject => ({ type: 'integer', minimum: 0 });
const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });
const mapOf = (each: JsonObject): JsonObject => ({ type: 'object', additionalProperties: each });
const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });
