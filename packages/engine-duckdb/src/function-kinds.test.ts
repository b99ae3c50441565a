import { beforeAll, expect, test } from '@jest/globals';
import {
  functionKind,
  isVolatileFunction,
  knownFunctions,
  windowFunctions,
  type FunctionKind,
} from '@seeknal/sql-ast';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

const rows = async (sql: string): Promise<readonly (readonly (string | null)[])[]> =>
  (await connection.runAndReadAll(sql)).getRowsJson() as (string | null)[][];

/** The names of the functions a macro calls; undefined when it holds a query or cannot be read. */
async function callsOf(definition: string): Promise<ReadonlySet<string> | undefined> {
  const quoted = `SELECT ${definition}`.replaceAll("'", "''");
  const [[json] = []] = await rows(`SELECT json_serialize_sql('${quoted}')`);
  const answer = JSON.parse(json ?? 'null') as { readonly error: boolean };
  if (answer.error || json!.includes('"class":"SUBQUERY"')) return undefined;
  const calls = new Set<string>();
  JSON.stringify(answer, (key, value: unknown) => {
    if (key === 'function_name') calls.add(String(value).toLowerCase());
    // A word without brackets may be a function too.
    if (key === 'column_names') calls.add(`column ${String(value).toLowerCase()}`);
    return value;
  });
  return calls;
}

/** What DuckDB itself says of every function: its kind, from its entries in the catalogue. */
async function duckDbKinds(): Promise<ReadonlyMap<string, FunctionKind>> {
  const entries = await rows(
    `SELECT lower(function_name), function_type, macro_definition FROM duckdb_functions()
     WHERE function_type <> 'pragma'`,
  );
  const kinds = new Map<string, FunctionKind>();
  const macros: [string, string][] = [];
  for (const [name, type, definition] of entries as [string, string, string][]) {
    if (type === 'macro') macros.push([name, definition]);
    const kind: FunctionKind =
      type === 'scalar'
        ? 'scalar'
        : type === 'aggregate'
          ? 'aggregate'
          : type === 'macro'
            ? 'unknown'
            : 'rows';
    const known = kinds.get(name) ?? kind;
    kinds.set(name, known === kind ? kind : [known, kind].includes('rows') ? 'rows' : 'unknown');
  }
  for (const name of windowFunctions) kinds.set(name, 'window');
  // What a macro is follows from what it calls, which may be macros again.
  const calls = new Map(
    await Promise.all(macros.map(async ([name, text]) => [name, await callsOf(text)] as const)),
  );
  const scalars = new Set(entries.filter(([, type]) => type === 'scalar').map(([name]) => name));
  for (let changed = true; changed;) {
    changed = false;
    for (const [name] of macros) {
      const called = [...(calls.get(name) ?? [])].filter((call) => !call.startsWith('column '));
      if (kinds.get(name) !== 'unknown' || calls.get(name) === undefined || scalars.has(name)) continue;
      const found = new Set(called.map((call) => kinds.get(call) ?? 'scalar'));
      const kind = found.has('rows') ? 'rows' : found.has('aggregate') ? 'aggregate' : 'scalar';
      if (found.has('unknown')) continue;
      kinds.set(name, kind);
      changed = true;
    }
  }
  return kinds;
}

test('the list of functions is DuckDB’s', async () => {
  const kinds = await duckDbKinds();
  const differing = [...kinds].flatMap(([name, kind]) =>
    functionKind(name) === kind ? [] : [`${name}: ${kind}, listed ${functionKind(name)}`],
  );
  expect(differing).toEqual([]);
  expect([...knownFunctions.keys()].filter((name) => !kinds.has(name))).toEqual([]);
});

test('every function that DuckDB does not call consistent is volatile', async () => {
  const names = await rows(
    `SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability <> 'CONSISTENT' ORDER BY 1`,
  );
  expect(names.flat().filter((name) => !isVolatileFunction(name!))).toEqual([]);
});

test('every macro that calls a volatile function is volatile', async () => {
  const macros = await rows(
    `SELECT lower(function_name), macro_definition FROM duckdb_functions() WHERE function_type = 'macro'`,
  );
  const missed = await Promise.all(
    macros.map(async ([name, text]) => {
      const calls = [...((await callsOf(text!)) ?? [])].map((call) => call.replace(/^column /, ''));
      // The two give no value of their own.
      const telling = calls.filter((call) => call !== 'error' && call !== 'sleep_ms');
      return telling.some((call) => isVolatileFunction(call)) && !isVolatileFunction(name!) ? [name] : [];
    }),
  );
  expect(missed.flat()).toEqual([]);
});

test('window functions are nothing without OVER', async () => {
  for (const name of windowFunctions) {
    const calls = ['', 'a', 'a, 1'].map((list) => rows(`SELECT ${name}(${list}) FROM (SELECT 1 AS a)`));
    const answers = await Promise.allSettled(calls);
    expect([name, ...answers.map(({ status }) => status)]).toEqual([
      name,
      'rejected',
      'rejected',
      'rejected',
    ]);
  }
});
