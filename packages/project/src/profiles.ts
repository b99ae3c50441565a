import type { Json, JsonObject } from '@seeknal/manifest';
import { z } from 'zod';

import { interpolate, type Environment } from './environment.ts';
import { problemAt, type Findings } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';

const schema = z.strictObject({
  connections: z.record(z.string(), z.looseObject({})).nullish(),
  source_defaults: z.record(z.string(), z.looseObject({})).nullish(),
  target: z.unknown().optional(),
});

/** What `profiles.yml` adds to sources. */
export interface Profiles {
  /** Defaults of a type of source, variables put in. Empty when there are none. */
  readonly sourceDefaults: (type: string) => JsonObject;
  /** Where a connection leads, without its secrets; null when there is no such connection. */
  readonly connection: (name: string) => JsonObject | null;
  readonly connectionNames: readonly string[];
}

/** What decides which rows a connection leads to; the rest of it is secret or does not matter. */
const PLACE_KEYS = ['type', 'host', 'port', 'database', 'schema', 'path'] as const;

/** Reads `profiles.yml`; a variable is looked up when something uses it, and its lack is a problem only then. */
export function profilesOf(file: YamlFile | null, environment: Environment, findings: Findings): Profiles {
  if (file === null) return { sourceDefaults: () => ({}), connection: () => null, connectionNames: [] };
  for (const problem of schemaProblems(schema, file.value, file, [], 'profiles.yml')) {
    const isForeign = problem.code === 'KEY_UNKNOWN' && !problem.hint?.startsWith('Did you mean');
    (isForeign ? findings.warnings : findings.problems).push(problem);
  }
  const section = (name: string): JsonObject => objectOr(file.value[name]);
  const reported = new Set<string>();
  const withValues = (value: Json, path: readonly string[]): Json => {
    if (typeof value !== 'string') return value;
    const result = interpolate(value, environment.get);
    if ('text' in result) return result.text;
    const key = path.join('.');
    if (!reported.has(key)) {
      reported.add(key);
      findings.problems.push(
        problemAt(
          file.source,
          file.placeOf(path),
          'VARIABLE_MISSING',
          `The environment variable ${result.missing} is not set.`,
          `Set it, or give a default: \${${result.missing}:default}.`,
        ),
      );
    }
    return value;
  };
  return {
    sourceDefaults: (type) => {
      const defaults = Object.entries(objectOr(section('source_defaults')[type]));
      return Object.fromEntries(
        defaults.map(([key, value]) => [key, withValues(value, ['source_defaults', type, key])]),
      );
    },
    connection: (name) => {
      const connections = section('connections');
      if (!Object.hasOwn(connections, name)) return null;
      const connection = objectOr(connections[name]);
      return Object.fromEntries(
        PLACE_KEYS.filter((key) => Object.hasOwn(connection, key)).map((key) => [
          key,
          withValues(connection[key] as Json, ['connections', name, key]),
        ]),
      );
    },
    connectionNames: Object.keys(section('connections')),
  };
}

const objectOr = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
