/** Stands for one meaning; equal numbers of one table mean the same, and nothing else is promised. */
export type Term = number;

/** A column of a table that a query reads, as the caller names the table. */
export interface SourceColumn {
  readonly table: string;
  readonly column: string;
}

interface Entry {
  /** What the value is computed from. */
  readonly parts: readonly Term[];
  /** What the value is relative to without being computed from it: the rows that an aggregate runs over. */
  readonly context: readonly Term[];
  readonly source: SourceColumn | null;
  readonly type?: string | null;
}

/**
 * Gives every meaning a number, the same number to the same meaning: what is compared is exact, not a hash.
 * Only terms of one table can be compared. Memory grows with the number of different terms.
 */
export class TermTable {
  readonly #ids = new Map<string, Term>();
  readonly #entries: Entry[] = [];
  #fresh = 0;

  /**
   * The term of a construction. `label` says how it is built; the order of `parts` counts.
   *
   * @param context Rows that the construction refers to: they tell terms apart, but no value comes from them.
   */
  of(label: string, parts: readonly Term[] = [], context: readonly Term[] = []): Term {
    return this.#intern(JSON.stringify([label, parts, context]), { parts, context, source: null });
  }

  /** A value told apart from others like it, of the same type. */
  marked(label: string, part: Term): Term {
    const type = this.typeOf(part);
    return this.#intern(JSON.stringify([label, [part], []]), {
      parts: [part],
      context: [],
      source: null,
      type,
    });
  }

  /** As `of`, where neither order nor repetition of the parts counts. */
  ofSet(label: string, parts: readonly Term[]): Term {
    return this.of(
      label,
      [...new Set(parts)].toSorted((a, b) => a - b),
    );
  }

  /** A column of a table; `type` tells apart what was cast when it was loaded. */
  source(source: SourceColumn, type: string | null): Term {
    return this.#intern(JSON.stringify([source.table, source.column, type]), {
      parts: [],
      context: [],
      source,
      type,
    });
  }

  /** The type of a column of a table, as the caller gave it; null: not known. */
  typeOf(term: Term): string | null {
    return this.#entries[term]?.type ?? null;
  }

  /** A term that equals no other: a function that may answer otherwise each time. */
  fresh(label: string, parts: readonly Term[]): Term {
    this.#fresh += 1;
    return this.of(`fresh ${this.#fresh} ${label}`, parts);
  }

  /**
   * The columns that a term is made of.
   *
   * @param withContext Also those that decide the rows that it refers to.
   */
  sources(terms: readonly Term[], withContext: boolean): readonly SourceColumn[] {
    const seen = new Set<Term>();
    const found: SourceColumn[] = [];
    const left = [...terms];
    for (let term = left.pop(); term !== undefined; term = left.pop()) {
      if (seen.has(term)) continue;
      seen.add(term);
      const { parts, context, source } = this.#entries[term] as Entry;
      if (source !== null) found.push(source);
      left.push(...parts);
      if (withContext) left.push(...context);
    }
    return found;
  }

  /** Those of `among` that a term is computed from. */
  reached(from: Term, among: ReadonlySet<Term>): readonly Term[] {
    const seen = new Set<Term>();
    const left = [from];
    for (let term = left.pop(); term !== undefined; term = left.pop()) {
      if (seen.has(term)) continue;
      seen.add(term);
      left.push(...(this.#entries[term] as Entry).parts);
    }
    return [...seen].filter((term) => among.has(term));
  }

  #intern(key: string, entry: Entry): Term {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const term = this.#entries.length;
    this.#ids.set(key, term);
    this.#entries.push(entry);
    return term;
  }
}
