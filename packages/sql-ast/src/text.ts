/** The half that reads texts token by token: it needs no tree, and loads without the rest. */
export { canonicalSql } from './canonical-text.ts';
export type { Dialect } from './dialect.ts';
export { usesFileDirectly } from './file-reads.ts';
export { foldCase } from './keywords.ts';
export { comments, tokenize } from './lexer.ts';
export type { Token, TokenKind } from './lexer.ts';
export { findReferences } from './references.ts';
export type { Reference } from './references.ts';
export { SqlError } from './sql-error.ts';
export { splitStatements } from './statements.ts';
export { provesIntervalRead } from './time-filters.ts';
export { volatileCalls } from './volatile-calls.ts';
