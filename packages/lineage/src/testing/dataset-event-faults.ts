/** What of a value: a check, and how the value is called in a fault. */
type Check = (value: unknown, path: string) => readonly string[];

const text: Check = (value, path) => (typeof value === 'string' ? [] : [`${path} is no text`]);

const uri: Check = (value, path) =>
  typeof value === 'string' && URL.canParse(value) ? [] : [`${path} is no URI`];

const instant: Check = (value, path) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u.test(value)
    ? []
    : [`${path} is no date-time`];

const list =
  (of: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((each, at) => of(each, `${path}[${at}]`)) : [`${path} is no list`];

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const object =
  (required: { readonly [key: string]: Check }): Check =>
  (value, path) =>
    isObject(value)
      ? Object.entries(required).flatMap(([key, of]) =>
          key in value ? of(value[key], `${path}.${key}`) : [`${path} has no ${key}`],
        )
      : [`${path} is no object`];

const map =
  (of: Check): Check =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, each]) => of(each, `${path}.${key}`))
      : [`${path} is no object`];

const inputField = object({
  namespace: text,
  name: text,
  field: text,
  transformations: list(
    object({
      type: (value, path) => (value === 'DIRECT' || value === 'INDIRECT' ? [] : [`${path} is unknown`]),
    }),
  ),
});
const facet = { _producer: uri, _schemaURL: uri };

const datasetEvent = object({
  eventTime: instant,
  producer: uri,
  schemaURL: uri,
  dataset: object({
    namespace: text,
    name: text,
    facets: object({
      schema: object({ ...facet, fields: list(object({ name: text })) }),
      columnLineage: object({
        ...facet,
        fields: map(object({ inputFields: list(inputField) })),
        dataset: list(inputField),
      }),
    }),
  }),
});

/**
 * Where a value is not a DatasetEvent with the facets `schema` and `columnLineage`, as OpenLineage 2-0-2 and its
 * facets 1-2-0 require them; empty: it is one.
 */
export const datasetEventFaults = (event: unknown): readonly string[] => datasetEvent(event, 'event');
