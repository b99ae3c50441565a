export type { SqlChangeCategory, SqlClassification } from './classification.ts';
export { classifySqlChange, type ClassifyOptions } from './classify-sql-change.ts';
export { classifyTrees, type ClassifyTreesOptions } from './classify-trees.ts';
export { diffTrees, type DiffOptions, type Texts } from './diff-trees.ts';
export type { EditPart, EditSide, SqlChangeType, SqlEdit } from './edit.ts';
export type { QueryReader, ReadOptions } from './read-query.ts';
export { readableSql } from './readable-sql.ts';
export { SQLDiffer } from './sql-differ.ts';
export { SQLParser } from './sql-parser.ts';
