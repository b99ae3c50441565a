import type { Dialect } from './dialect.ts';
import { foldCase } from './keywords.ts';
import { tokenize } from './lexer.ts';
import { isWord, nameOf } from './token-word.ts';

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/**
 * DuckDB 1.5.6: `SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'`; then
 * the macros whose text calls one of these; then what the list calls consistent or does not know, although
 * it reads the clock or the session: `age` (when given one argument), `getvariable`, the local time, the user.
 */
const volatile = names(`
current_connection_id current_database current_date current_query current_query_id current_schema
current_schemas current_transaction_id currval error gen_random_uuid get_current_time
get_current_timestamp in_search_path nextval now random setseed sleep_ms stats today
transaction_timestamp txid_current uuid uuidv4 uuidv7 write_log

ago current_catalog pg_conf_load_time pg_postmaster_start_time

age clock_timestamp current_localtime current_localtimestamp current_role current_setting current_time
current_timestamp current_user getenv getvariable gen_random_bytes localtime localtimestamp
pg_backend_pid session_user statement_timestamp timeofday user
`);

/** Those that need no parentheses; a column of the same name would win, which the text does not tell. */
const bare = names(`
current_catalog current_date current_role current_schema current_time current_timestamp current_user
localtime localtimestamp session_user
`);

/** Whether a call of this function, whatever the case of its name, may give another value another time. */
export const isVolatileFunction = (name: string): boolean => volatile.has(foldCase(name));

/** Whether the bare word does so, where it is no column. */
export const isVolatileWord = (name: string): boolean => bare.has(foldCase(name));

/**
 * The functions a query calls whose value is not decided by their arguments, in small letters, each once,
 * in order of appearance. By name only: a column called `current_date` is reported too.
 *
 * @throws {SqlError} As `tokenize`.
 */
export function volatileCalls(sql: string, dialect: Dialect = 'duckdb'): readonly string[] {
  const tokens = tokenize(sql, dialect).filter(({ kind }) => kind !== 'comment');
  const found = tokens.flatMap((token, at) => {
    const name = foldCase(nameOf(token) ?? '');
    if (tokens[at + 1]?.text === '(') return isVolatileFunction(name) ? [name] : [];
    const before = tokens[at - 1];
    return isVolatileWord(name) && before?.text !== '.' && !isWord(before, 'as') ? [name] : [];
  });
  return [...new Set(found)];
}
