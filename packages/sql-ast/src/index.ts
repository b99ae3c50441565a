export { canonicalSql } from './canonical-text.ts';
export type { Dialect } from './dialect.ts';
export { lowerDuckDb } from './duckdb/lower-duckdb.ts';
export { usesFileDirectly } from './file-reads.ts';
export type { FileRead } from './file-reads.ts';
export {
  dependsOnOrder,
  functionKind,
  knownFunctions,
  roundsByOrder,
  windowFunctions,
  type FunctionKind,
} from './function-kinds.ts';
export { foldCase, isKeyword, isReserved } from './keywords.ts';
export { comments, tokenize } from './lexer.ts';
export type { Token, TokenKind } from './lexer.ts';
export { lightParser, lightParserLimits } from './node-sql-parser/light-parser.ts';
export type { LightParser } from './node-sql-parser/light-parser.ts';
export { lowerNodeSqlParser } from './node-sql-parser/lower-node-sql-parser.ts';
export { findReferences } from './references.ts';
export type { Reference } from './references.ts';
export { SqlError } from './sql-error.ts';
export type { SqlErrorCode } from './sql-error.ts';
export type { MeaningOptions } from './meaning/analysis.ts';
export { compareMeanings, compareRows } from './meaning/compare.ts';
export type { Comparison, Impact } from './meaning/compare.ts';
export { openTable } from './meaning/tables.ts';
export type { ColumnMeaning, Problem, QueryMeaning, RowsMeaning } from './meaning/meaning.ts';
export { engineMeaning, meaningOf } from './meaning/query-meaning.ts';
export { tablesOf } from './meaning/schema-tables.ts';
export type { Schema } from './meaning/schema-tables.ts';
export { TermTable } from './meaning/terms.ts';
export type { SourceColumn, Term } from './meaning/terms.ts';
export { splitStatements } from './statements.ts';
export type { Statement } from './statements.ts';
export { checkTables } from './table-tokens.ts';
export { isVolatileFunction, isVolatileWord, volatileCalls } from './volatile-calls.ts';
export { provesIntervalRead } from './time-filters.ts';
export type { IntervalReadOptions } from './time-filters.ts';
export { sameTree, treeIds, type TreeIds } from './equal.ts';
export {
  tableReferences,
  type QueryScope,
  type TableReference,
  type TableReferences,
} from './table-references.ts';
export type { TreeNode } from './tree-fields.ts';
export { children, mapTree, nodesOf, visit } from './walk.ts';
export type {
  Argument,
  Call,
  Case,
  Cast,
  ColumnReference,
  Cte,
  DerivedRelation,
  Distinct,
  Expression,
  Frame,
  FrameBound,
  FunctionRelation,
  GroupBy,
  JoinRelation,
  Lambda,
  Limit,
  Literal,
  Located,
  Named,
  OpaqueExpression,
  OpaqueQuery,
  OpaqueRelation,
  Operation,
  OrderTerm,
  Parameter,
  PivotColumn,
  PivotEntry,
  PivotRelation,
  PositionReference,
  Query,
  QueryParts,
  RecursiveUnion,
  Relation,
  Sample,
  Select,
  SelectItem,
  SetOperation,
  Span,
  Star,
  Subquery,
  TableRelation,
  UnpivotRelation,
  ValuesRelation,
  Window,
} from './tree.ts';
