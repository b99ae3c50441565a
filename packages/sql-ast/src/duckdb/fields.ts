import type { Json } from './exact-json.ts';

/** Thrown at what the neutral tree has no place for, and caught at the smallest node that may be opaque. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** One object of DuckDB's answer, whose every field has to be taken. */
export class Fields {
  readonly #object: { readonly [key: string]: Json };
  readonly #left: Set<string>;
  /** What the object calls itself, for reasons. */
  readonly what: string;

  /** @throws {Unreadable} When it is no object. */
  constructor(json: Json) {
    if (json === null || typeof json !== 'object' || Array.isArray(json)) {
      throw new Unreadable(`${JSON.stringify(json)} where an object belongs`);
    }
    this.#object = json as { readonly [key: string]: Json };
    this.#left = new Set(Object.keys(json));
    const { type } = this.#object;
    this.what = typeof type === 'string' ? type : 'an object without type';
  }

  has(key: string): boolean {
    return this.#left.has(key);
  }

  /** @throws {Unreadable} Without such a field. */
  take(key: string): Json {
    if (!this.#left.delete(key)) throw new Unreadable(`${this.what} without ${key}`);
    return this.#object[key]!;
  }

  text(key: string): string {
    const value = this.take(key);
    if (typeof value !== 'string') throw this.#strange(key, value);
    return value;
  }

  flag(key: string): boolean {
    const value = this.take(key);
    if (typeof value !== 'boolean') throw this.#strange(key, value);
    return value;
  }

  count(key: string): number {
    const value = this.take(key);
    if (typeof value !== 'number') throw this.#strange(key, value);
    return value;
  }

  list(key: string): readonly Json[] {
    const value = this.take(key);
    if (!Array.isArray(value)) throw this.#strange(key, value);
    return value as readonly Json[];
  }

  lists(key: string): readonly (readonly Json[])[] {
    return this.list(key).map((value) => {
      if (!Array.isArray(value)) throw this.#strange(key, value);
      return value as readonly Json[];
    });
  }

  texts(key: string): readonly string[] {
    return this.list(key).map((value) => {
      if (typeof value !== 'string') throw this.#strange(key, value);
      return value;
    });
  }

  /** One of the words a table knows, as what it stands for there. */
  word<T>(key: string, known: ReadonlyMap<string, T>): T {
    const value = this.text(key);
    const meaning = known.get(value);
    if (meaning === undefined) throw this.#strange(key, value);
    return meaning;
  }

  /** Takes a field that says nothing as long as it holds one of these. */
  expect(key: string, ...values: readonly Json[]): void {
    const value = this.take(key);
    if (!values.some((expected) => JSON.stringify(expected) === JSON.stringify(value))) {
      throw this.#strange(key, value);
    }
  }

  /** Where DuckDB says the node begins, in bytes; null where it does not. */
  location(): number | null {
    const value = this.take('query_location');
    return typeof value === 'number' ? value : null;
  }

  /** @throws {Unreadable} When a field was not taken. */
  done(): void {
    for (const key of this.#left) throw this.#strange(key, this.#object[key]!);
  }

  #strange(key: string, value: Json): Unreadable {
    const text = JSON.stringify(value);
    return new Unreadable(`${this.what} with ${key} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`);
  }
}

/** A field of what should be an object, before it is read; null where there is none. */
export const peek = (json: Json, key: string): Json =>
  (json as { readonly [key: string]: Json } | null)?.[key] ?? null;

/** What `read` gives, or what `otherwise` makes of the reason why it is unreadable. */
export function readable<T>(read: () => T, otherwise: (reason: string) => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return otherwise(error.message);
  }
}

/** Reads an object to its last field. */
export function readFields<T>(json: Json, read: (fields: Fields) => T): T {
  const fields = new Fields(json);
  const result = read(fields);
  fields.done();
  return result;
}
