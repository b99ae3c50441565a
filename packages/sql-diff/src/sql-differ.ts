import type { SqlClassification } from './classification.ts';
import { classifySqlChange, type ClassifyOptions } from './classify-sql-change.ts';
import { diffTrees } from './diff-trees.ts';
import type { SqlEdit } from './edit.ts';
import { queryReader } from './read-query.ts';

/** Compares texts, always under the same options. */
export class SQLDiffer {
  readonly #options: ClassifyOptions;

  constructor(options: ClassifyOptions = {}) {
    this.#options = options;
  }

  /** What was inserted, deleted, updated and moved; empty for equal queries. @throws {SqlError} As `classifySqlChange`. */
  async diff(oldSql: string, newSql: string): Promise<readonly SqlEdit[]> {
    const read = await queryReader(this.#options);
    const [old, now] = [await read(oldSql), await read(newSql)];
    return diffTrees(old, now, { ...this.#options, oldText: oldSql, newText: newSql });
  }

  /** As `classifySqlChange`. */
  classify(oldSql: string, newSql: string): Promise<SqlClassification> {
    return classifySqlChange(oldSql, newSql, this.#options);
  }
}
