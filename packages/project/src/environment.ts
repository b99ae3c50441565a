/** The environment variables a project asked for, each with the value it got. */
export interface Environment {
  readonly get: (name: string) => string | undefined;
  readonly consulted: ReadonlyMap<string, string | undefined>;
}

/** Reads variables through a record of what was read, so that a cache knows when to distrust itself. */
export function environment(env: { readonly [name: string]: string | undefined }): Environment {
  const consulted = new Map<string, string | undefined>();
  const get = (name: string): string | undefined => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    consulted.set(name, value);
    return value;
  };
  return { get, consulted };
}

const VARIABLE = /\$\{([A-Za-z_]\w*)(?::([^}]*))?\}/g;

/**
 * Puts the values of variables into a text: `${VAR}`, or `${VAR:default}` where it may be unset or empty.
 *
 * @returns The text, or the name of the first variable that has neither value nor default.
 */
export function interpolate(
  text: string,
  get: Environment['get'],
): { readonly text: string } | { readonly missing: string } {
  let missing: string | undefined;
  const result = text.replaceAll(VARIABLE, (_all, name: string, fallback: string | undefined) => {
    const value = get(name);
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === undefined ? { text: result } : { missing };
}
