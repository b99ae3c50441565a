/** Models as the cases taken from SQLMesh's tests write them. */
export type Models = { readonly [name: string]: string | WrittenModel };

interface WrittenModel {
  readonly sql?: string;
  /** `INCREMENTAL_BY_TIME_RANGE(forward_only)`. */
  readonly kind?: string;
  readonly owner?: string;
  /** Whatever else is said of it. */
  readonly [key: string]: unknown;
}

/** Who reads whom. */
export type Graph = { readonly [name: string]: readonly string[] };

/** `sushi.orders` is a node `sushi_orders`: a kind of ours stands where their schema does. */
export const nodeOf = (model: string): string => `transform.${nameOf(model)}`;

const nameOf = (model: string): string => model.replaceAll('.', '_');

/** What a kind of theirs is here; the attributes in brackets are told apart. */
const MODES: { readonly [kind: string]: readonly string[] } = {
  FULL: ['mode: full'],
  VIEW: ['mode: view'],
  // It is computed once and kept, as a table is.
  'VIEW(materialized)': ['mode: full'],
  INCREMENTAL_BY_TIME_RANGE: ['mode: incremental_by_time', 'time_column: ds'],
  INCREMENTAL_BY_UNIQUE_KEY: ['mode: upsert_by_key', 'unique_keys: [ds]'],
  INCREMENTAL_UNMANAGED: ['mode: append'],
};

/** Words of a case for which there is nothing here, so that it cannot be built; null: it can be. */
export function unknownKind(models: Models): string | null {
  const kinds = Object.values(models).map((model) => kindOf(model).kind);
  return kinds.find((kind) => !(kind in MODES)) ?? null;
}

/** A model without a kind is a table here, so that there are rows to be kept or made again. */
export function kindOf(model: string | WrittenModel): {
  readonly kind: string;
  readonly isForwardOnly: boolean;
} {
  const written = typeof model === 'string' ? 'FULL' : (model.kind ?? 'FULL');
  const [, plain = written, inside = ''] = /^(\w+)(?:\((.*)\))?$/u.exec(written) ?? [];
  return { kind: written in MODES ? written : plain, isForwardOnly: inside.includes('forward_only') };
}

/** The files of a project with these models. What reads nothing reads three days, for `ds` to be a column. */
export function projectOf(models: Models, graph: Graph): { readonly [path: string]: string } {
  const files: Record<string, string> = {
    'data/days.csv': 'ds\n2024-01-01\n2024-01-02\n2024-01-03\n',
    'seeknal/sources/days.yml':
      'kind: source\nname: days\nsource: csv\ntable: data/days.csv\ncolumns: {ds: date}\n',
  };
  for (const [name, model] of Object.entries(models)) {
    files[`seeknal/transforms/${nameOf(name)}.yml`] = fileOf(
      name,
      model,
      readsOf(model, models, graph[name]),
    );
  }
  return files;
}

/** As the graph says; without one, the other models that its SQL names. */
function readsOf(
  model: string | WrittenModel,
  models: Models,
  told: readonly string[] | undefined,
): readonly string[] {
  if (told !== undefined) return told.filter((name) => name in models);
  const [, tables = ''] = /\bfrom\b(.*)/isu.exec(sqlOf(model, [])) ?? [];
  const words = new Set(tables.match(/[\w.]+/gu));
  return Object.keys(models).filter((name) => words.has(name));
}

const sqlOf = (model: string | WrittenModel, reads: readonly string[]): string => {
  const sql = typeof model === 'string' ? model : model.sql;
  if (sql !== undefined) return sql;
  return reads[0] === undefined ? 'select 1 as a, ds' : `select a, ds from ${nameOf(reads[0])}`;
};

/** Their tables by their own names, in front of whatever the query defines itself. */
function withTables(sql: string, reads: readonly string[]): string {
  const names = reads.map((read) => `${nameOf(read)} AS (FROM ${nodeOf(read)})`).join(', ');
  if (names === '') return sql;
  return /^\s*with\b/iu.test(sql) ? sql.replace(/\bwith\b/iu, `WITH ${names},`) : `WITH ${names} ${sql}`;
}

/** Keys of a model that a file of ours has, too. How a table is laid out is left to the engine. */
const KEPT = new Set(['owner', 'description', 'tags']);

function fileOf(name: string, model: string | WrittenModel, reads: readonly string[]): string {
  const sql = sqlOf(model, reads);
  const hasTables = /\bfrom\b/iu.test(sql);
  const { kind } = kindOf(model);
  const more = typeof model === 'string' ? [] : Object.entries(model).filter(([key]) => KEPT.has(key));
  const inputs = hasTables ? reads.map(nodeOf) : ['source.days', ...reads.map(nodeOf)];
  const query = hasTables ? withTables(sql, reads) : `${sql} FROM source.days`;
  // Theirs are filtered by the tool, ours by their own words.
  const isScheduled = kind.startsWith('INCREMENTAL');
  return [
    'kind: transform',
    `name: ${nameOf(name)}`,
    ...(MODES[kind] ?? []),
    ...(isScheduled ? ['schedule: "@daily"', 'start: 2024-01-01'] : []),
    ...more.map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    `inputs: [${inputs.map((ref) => `{ref: ${ref}}`).join(', ')}]`,
    'transform: |',
    `  ${isScheduled ? `SELECT * FROM (${query}) AS model WHERE ds >= '{{ start }}' AND ds < '{{ end }}'` : query}`,
    '',
  ].join('\n');
}

/**
 * A model that a case only talks of, after a change that it tells in words: `BREAKING (explicit choice)` gives
 * other values, `projection added` one column more, `owner` nothing that decides rows.
 */
export function spokenModel(reads: readonly string[], change = ''): WrittenModel {
  const isMore = /NON_BREAKING|projection|column/u.test(change);
  const isOther = !isMore && change.includes('BREAKING');
  const [first, ...more] = reads.map(nameOf);
  const value = reads.length === 0 ? '1' : reads.map((read) => `${nameOf(read)}.a`).join(' + ');
  const from =
    first === undefined ? '' : ` from ${first}${more.map((each) => ` join ${each} using (ds)`).join('')}`;
  return {
    sql: `select ${value}${isOther ? ' + 1' : ''} as a, ds${isMore ? ", 'foo' as foo" : ''}${from}`,
    ...(/METADATA|owner|description|tag/u.test(change) && { owner: 'somebody' }),
  };
}
