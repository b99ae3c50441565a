import type { Dialect } from './dialect.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** DuckDB 1.5.6: `SELECT * FROM duckdb_keywords() WHERE keyword_category = 'reserved'`. */
const duckdbReserved = words(`
all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
default deferrable desc describe distinct do else end except false fetch for foreign from group having in
initially intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer
pivot_wider placing primary qualify references returning select show some summarize symmetric table then to
trailing true union unique unpivot using variadic when where window with
`);

/** The same with category `type_function`: functions and types may have these names, tables may not. */
const duckdbTypeFunction = words(`
anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike
inner is isnull join left like map natural notnull outer overlaps positional right semi similar struct
tablesample try_cast unpack verbose
`);

/** The same with categories `column_name` and `unreserved`: names that mean more in some places. */
const duckdbOther = words(`
abort absolute access action add admin after aggregate also alter always assertion assignment attach
attribute backward before begin between bigint bit boolean cache call called cascade cascaded catalog
centuries century chain char character characteristics checkpoint class close cluster coalesce comment
comments commit committed compression configuration conflict connection constraints content continue
conversion copy cost csv cube current cursor cycle data database day days deallocate dec decade decades
decimal declare defaults deferred definer delete delimiter delimiters depends detach dictionary disable
discard document domain double drop each enable encoding encrypted enum error escape event exclude excluding
exclusive execute exists explain export export_state extension extensions external extract family filter
first float following force forward function functions global grant granted grouping grouping_id groups
handler header hold hour hours identity if ignore immediate immutable implicit import include including
increment index indexes inherit inherits inline inout input insensitive insert install instead int integer
interval invoker isolation json key label language large last leakproof level listen load local location
lock locked logged macro mapping match matched materialized maxvalue merge method microsecond microseconds
millennia millennium millisecond milliseconds minute minutes minvalue mode month months move name names
national nchar new next no none nothing notify nowait nullif nulls numeric object of off oids old operator
option options ordinality others out over overlay overriding owned owner parallel parser partial partition
partitioned passing password percent persistent plans policy position pragma preceding precision prepare
prepared preserve prior privileges procedural procedure program publication quarter quarters quote range
read real reassign recheck recursive ref referencing refresh reindex relative release rename repeatable
replace replica reset respect restart restrict returns revoke role rollback rollup row rows rule sample
savepoint schema schemas scope scroll search second seconds secret security sequence sequences serializable
server session set setof sets share simple skip smallint snapshot sorted source sql stable standalone start
statement statistics stdin stdout storage stored strict strip subscription substring sysid system tables
tablespace target temp template temporary text ties time timestamp transaction transform treat trigger trim
truncate trusted type types unbounded uncommitted unencrypted unknown unlisten unlogged until update use
user vacuum valid validate validator value values varchar variable varying version view views virtual
volatile week weeks whitespace within without work wrapper write xml xmlattributes xmlconcat xmlelement
xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable year years yes zone
`);

/** PostgreSQL 17, appendix C of its manual: the words marked reserved, without "can be function or type". */
const postgresReserved = words(`
all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
current_catalog current_date current_role current_time current_timestamp current_user default deferrable
desc distinct do else end except false fetch for foreign from grant group having in initially intersect
into lateral leading limit localtime localtimestamp not null offset on only or order placing primary
references returning select session_user some symmetric system_user table then to trailing true union
unique user using variadic when where window with
`);

/** Upper-case ASCII letters made small, as the engines compare words; all else is left as it is. */
export const foldCase = (word: string): string =>
  // Nearly every word is ASCII, and the short way is many times faster.
  /^[ -~]*$/.test(word) ? word.toLowerCase() : word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Whether the dialect reserves the word, whatever its case; for `generic`, whether both others do. */
export function isReserved(word: string, dialect: Dialect = 'duckdb'): boolean {
  const folded = foldCase(word);
  if (dialect !== 'postgres' && !duckdbReserved.has(folded)) return false;
  return dialect === 'duckdb' || postgresReserved.has(folded);
}

/** Whether the word may stand for a table: neither reserved nor kept for types and functions. */
export function isTableName(word: string): boolean {
  const folded = foldCase(word);
  return !duckdbReserved.has(folded) && !duckdbTypeFunction.has(folded);
}

/** Whether the word is a keyword of any kind in DuckDB or reserved in PostgreSQL. */
export function isKeyword(word: string): boolean {
  const folded = foldCase(word);
  return !isTableName(word) || duckdbOther.has(folded) || postgresReserved.has(folded);
}
