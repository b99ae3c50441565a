import { z } from 'zod';

const text = z.string();
const names = z.array(z.string()).min(1, 'must name at least one column');
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'must be a text, a number, a boolean or null',
});
const textOrNumber = z.union([z.string(), z.number()], { error: 'must be a text or a number' });
const duration = textOrNumber;
const count = z.number().int('must be a whole number').min(0, 'must not be negative');
const severity = z.enum(['error', 'warn']);

const reads = z.union([z.enum(['interval', 'all']), z.strictObject({ back: z.number().int().min(1) })], {
  error: 'must be interval, all or {back: n}',
});
const input = z.union([z.string(), z.strictObject({ ref: z.string(), reads: reads.optional() })], {
  error: 'must be a reference like {ref: transform.orders}',
});
/** A list of references, or the older map of names to references. */
export const inputs: z.ZodType = z.union([z.array(input), z.record(z.string(), input)], {
  error: 'must be a list of references: [{ref: transform.orders}]',
});

const audit = z.strictObject({
  type: z.enum(['not_null', 'unique', 'accepted_values', 'row_count', 'custom_sql']),
  name: text.optional(),
  column: text.optional(),
  columns: names.optional(),
  values: z.array(scalar).optional(),
  min: count.optional(),
  max: count.optional(),
  sql: text.optional(),
  severity: severity.optional(),
  message: text.optional(),
  error_message: text.optional(),
});

/** `name: type`, `name: description` or `name: {description, dtype}`. */
const columns = z.record(
  z.string(),
  z.union(
    [
      z.string(),
      z.null(),
      z.looseObject({ description: text.nullish(), dtype: text.optional(), type: text.optional() }),
    ],
    { error: 'must be a type, a description or {dtype, description}' },
  ),
);

const head = {
  kind: text.optional(),
  name: text.optional(),
  description: text.nullish(),
  owner: text.nullish(),
  tags: z.array(textOrNumber).nullish(),
  renamed_from: z
    .union([text, z.array(text)], { error: 'must be the name that the node had before, or a list of them' })
    .nullish(),
};

const source = z.strictObject({
  ...head,
  source: text,
  table: text,
  params: z.record(z.string(), z.unknown()).nullish(),
  schema: z.array(z.strictObject({ name: text, data_type: text, description: text.nullish() })).optional(),
  columns: columns.nullish(),
  time_column: text.optional(),
  freshness: z
    .strictObject({ time_column: text, warn_after: duration.optional(), error_after: duration.optional() })
    .optional(),
  audits: z.array(audit).nullish(),
  connection: text.optional(),
  materialization: z.unknown().optional(),
  materializations: z.unknown().optional(),
});

/** What may stand at the top of a transform or under `materialization`. */
const manner = {
  mode: z.enum(['full', 'incremental_by_time', 'view', 'upsert_by_key', 'append']).optional(),
  time_column: text.optional(),
  out_of_range: z.enum(['fail', 'drop']).optional(),
  on_change: z.enum(['keep', 'rebuild']).optional(),
  lookback: count.optional(),
  batch_size: z.number().int('must be a whole number').min(1, 'must be at least 1').optional(),
  concurrency: z.number().int('must be a whole number').min(1, 'must be at least 1').optional(),
  depends_on_past: z.boolean().optional(),
  unique_keys: names.optional(),
  order_by: names.optional(),
  version_column: text.optional(),
};

const transform = z.strictObject({
  ...head,
  ...manner,
  transform: text.optional(),
  sql: text.optional(),
  inputs: inputs.nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  schedule: text.optional(),
  time_zone: text.optional(),
  timezone: text.optional(),
  start: textOrNumber.optional(),
  end: textOrNumber.optional(),
  columns: columns.nullish(),
  audits: z.array(audit).nullish(),
  materialization: z
    .strictObject({
      ...manner,
      type: text.optional(),
      connection: text.optional(),
      table: text.optional(),
      enabled: z.boolean().optional(),
      create_table: z.boolean().optional(),
    })
    .optional(),
  materializations: z.unknown().optional(),
});

/** A column, which SQL will name; braces would be a template. */
const column = z.string().regex(/^[^{}]+$/, 'must be the name of a column');
const columnNames = z.array(column);
const days = z.number().int('must be a whole number of days').min(0, 'must not be negative');
const rolling = z.strictObject({
  window: z.union([z.array(days).min(1), days, z.string().regex(/^\d+d$/)], {
    error: 'must be days: [1, 7] or 7d',
  }),
  aggs: z.array(text).optional(),
  functions: z.array(text).optional(),
});
const feature = z.strictObject({
  name: column,
  column: column.optional(),
  description: text.nullish(),
  basic: z.array(text).optional(),
  rolling: z.union([z.array(rolling), rolling]).optional(),
  ratio: z
    .array(
      z.strictObject({
        numerator: z.array(days).min(1),
        denominator: z.array(days).min(1),
        aggs: z.array(text).optional(),
      }),
    )
    .optional(),
  since: z.array(z.strictObject({ condition: text, aggs: z.array(text).optional() })).optional(),
});
/** What nodes that give features say of what they read and how they are looked at. */
const ofFeatures = {
  source: text.optional(),
  inputs: inputs.nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  columns: columns.nullish(),
  audits: z.array(audit).nullish(),
  tests: z.unknown().optional(),
};
const aggregation = z.strictObject({
  ...head,
  id_col: column,
  feature_date_col: column,
  application_date_col: column,
  group_by: columnNames.nullish(),
  features: z.array(feature).min(1, 'must have at least one feature'),
  ...ofFeatures,
  materialization: z.unknown().optional(),
  materializations: z.unknown().optional(),
});

const store = z.union([z.boolean(), z.looseObject({ enabled: z.boolean().optional() })], {
  error: 'must be true, false or {enabled: …}',
});
const featureGroup = z.strictObject({
  ...head,
  entity: z.union(
    [column, z.strictObject({ name: text, join_keys: columnNames.min(1), description: text.nullish() })],
    { error: 'must be a name or {name, join_keys: […]}' },
  ),
  features: z
    .union([columnNames, z.record(column, z.union([z.looseObject({}), z.string(), z.null()]))], {
      error: 'must be names: {fee: {dtype: float}} or [fee]',
    })
    .nullish(),
  transform: text.nullish(),
  ...ofFeatures,
  engine: text.optional(),
  mode: text.optional(),
  materialization: z
    .looseObject({
      event_time_col: column.optional(),
      offline: store.optional(),
      online: store.optional(),
    })
    .nullish(),
  materializations: z.unknown().optional(),
});

const ruleParams = z.looseObject({
  min_val: scalar.optional(),
  max_val: scalar.optional(),
  max_age: duration.optional(),
  severity: severity.optional(),
  error_message: text.optional(),
});
const ruleBody = z.strictObject({
  type: z.union(
    [
      z.enum(['null', 'range', 'uniqueness', 'freshness', 'sql_assertion', 'profile_check', 'custom']),
      z.null(),
    ],
    {
      error: 'must be "null", range, uniqueness, freshness or sql_assertion',
    },
  ),
  column: text.optional(),
  columns: names.optional(),
  sql: text.optional(),
  checks: z.unknown().optional(),
  params: ruleParams.optional(),
});
const rule = z.strictObject({
  ...head,
  rule: z.union([ruleBody, z.array(ruleBody).min(1)], { error: 'must be {type: …} or a list of them' }),
  params: ruleParams.nullish(),
  inputs: inputs.nullish(),
  depends_on: inputs.nullish(),
});

const exposure = z.strictObject({
  ...head,
  type: text,
  params: z.record(z.string(), z.unknown()).nullish(),
  url: text.optional(),
  inputs: inputs.nullish(),
  depends_on: inputs.nullish(),
});

/** Kinds that do not run yet: only what joins them to other nodes is looked at. */
const unsupported = z.looseObject({
  ...head,
  inputs: inputs.nullish(),
  depends_on: inputs.nullish(),
  source: text.optional(),
});

/** The shape of a node of a kind. */
export function nodeSchema(kind: string): z.ZodType {
  const known: { readonly [kind: string]: z.ZodType } = {
    source,
    transform,
    aggregation,
    feature_group: featureGroup,
    rule,
    exposure,
  };
  return Object.hasOwn(known, kind) ? (known[kind] as z.ZodType) : unsupported;
}
