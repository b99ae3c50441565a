import { join } from 'node:path';

import { parseInstant, schedule, type Instant } from '@seeknal/intervals';
import type { JsonObject } from '@seeknal/manifest';
import { z } from 'zod';

import { isName, proposedName } from './names.ts';
import { problemAt, type Findings } from './problem.ts';
import type { ProjectSettings } from './project-settings.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';

const text = z.string();
const schema = z.strictObject({
  name: text,
  version: z.union([z.string(), z.number()], { error: 'must be a text' }).optional(),
  description: text.nullish(),
  profile: text.nullish(),
  'config-version': z.number().optional(),
  config_version: z.number().optional(),
  state_backend: z
    .union([text, z.looseObject({ type: text }), z.record(text, z.looseObject({}).nullable())], {
      error: 'must be a name, {type: …} or {libsql: {…}}',
    })
    .optional(),
  warehouse: z.union([text, z.strictObject({ path: text })], { error: 'must be a path' }).optional(),
  defaults: z
    .strictObject({
      schedule: text.optional(),
      start: z.union([z.string(), z.number()], { error: 'must be a date' }).optional(),
      time_zone: text.optional(),
      timezone: text.optional(),
    })
    .nullish(),
  orchestrator: z.union([text, z.looseObject({})], { error: 'must be a name or a mapping' }).optional(),
  security: z.enum(['standard', 'strict']).optional(),
});

/** The shape of `seeknal_project.yml`. */
export const settingsSchema: z.ZodType = schema;

type ProjectYaml = z.infer<typeof schema>;

/**
 * Reads `seeknal_project.yml`. Keys of other tools are warned of and left; a misspelt one is a problem.
 *
 * @returns null when the settings cannot be relied on.
 */
export function settingsOf(folder: string, file: YamlFile, findings: Findings): ProjectSettings | null {
  const found = schemaProblems(schema, file.value, file, [], 'seeknal_project.yml');
  for (const problem of found) {
    const isForeign = problem.code === 'KEY_UNKNOWN' && !problem.hint?.startsWith('Did you mean');
    (isForeign ? findings.warnings : findings.problems).push(problem);
  }
  const project = file.value as ProjectYaml;
  if (found.some(({ code }) => code !== 'KEY_UNKNOWN')) return null;
  if (!isName(project.name)) {
    findings.problems.push(
      problemAt(
        file.source,
        file.placeOf(['name']),
        'NAME_INVALID',
        `"${project.name}" cannot be the name of a project: letters, digits, _ and - only, at most 63, no digit first.`,
        `Call it ${proposedName(project.name)}.`,
      ),
    );
  }
  const { defaults } = project;
  const timeZone = defaults?.time_zone ?? defaults?.timezone ?? 'UTC';
  const check = <T>(path: readonly string[], read: () => T): T | null => attempt(file, path, findings, read);
  check(['defaults', defaults?.time_zone === undefined ? 'timezone' : 'time_zone'], () =>
    schedule('@daily', { timeZone }),
  );
  const expression = defaults?.schedule ?? null;
  if (expression !== null) check(['defaults', 'schedule'], () => schedule(expression, {}));
  const start = defaults?.start;
  const startAt: Instant | null =
    start === undefined
      ? null
      : check(['defaults', 'start'], () => parseInstant(String(start), { timeZone }));
  const { type, ...stateOptions } = stateBackendOf(project.state_backend);
  const warehouse = typeof project.warehouse === 'object' ? project.warehouse.path : project.warehouse;
  const orchestrator =
    typeof project.orchestrator === 'string' ? { type: project.orchestrator } : project.orchestrator;
  return {
    name: project.name,
    version: project.version === undefined ? null : String(project.version),
    description: project.description ?? null,
    folder,
    stateBackend: type,
    stateOptions,
    warehouse: warehouse ?? join('target', 'warehouse.duckdb').replaceAll('\\', '/'),
    defaults: { schedule: expression, start: startAt, timeZone },
    orchestrator: (orchestrator as JsonObject | undefined) ?? null,
    security: project.security ?? 'standard',
  };
}

/** `libsql`, `{type: libsql, url: …}` and `{libsql: {url: …}}` say the same. */
function stateBackendOf(given: ProjectYaml['state_backend']): { readonly type: string } {
  if (given === undefined) return { type: 'auto' };
  if (typeof given === 'string') return { type: given };
  if (typeof given['type'] === 'string') return { ...given, type: given['type'] };
  const [[type, options] = ['auto', null]] = Object.entries(given);
  return { ...(options as object | null), type };
}

/** Runs a reader of times and schedules; what it throws becomes a problem at the value. */
export function attempt<T>(
  file: YamlFile,
  path: readonly (string | number)[],
  findings: Findings,
  read: () => T,
): T | null {
  try {
    return read();
  } catch (error) {
    const { code, message, hint } = error as { code?: unknown; message: string; hint?: string };
    if (typeof code !== 'string') throw error;
    const isSchedule = /SCHEDULE|ZONE/.test(code);
    findings.problems.push(
      problemAt(
        file.source,
        file.placeOf(path),
        isSchedule ? 'SCHEDULE_INVALID' : 'VALUE_INVALID',
        ended(message),
        hint,
      ),
    );
    return null;
  }
}

const ended = (message: string): string =>
  /[.!?)]$/.test(message) && !message.endsWith(')') ? message : `${message}.`;
