import { readFileSync } from 'node:fs';

import type { JsonObject, Manifest } from '@seeknal/manifest';

import { environment } from './environment.ts';
import { cachedProject, hashedStamps, keepProject, projectStamps } from './manifest-cache.ts';
import type { Problem } from './problem.ts';
import { findProjectRoot } from './project-files.ts';
import type { ProjectSettings } from './project-settings.ts';

export interface LoadOptions {
  /** Variables for `${VAR}` and `{{ env:VAR }}`; those of the process by default. */
  readonly env?: { readonly [name: string]: string | undefined };
  /** Written into the manifest's metadata only; the clock's by default. */
  readonly now?: number;
  /** Values for `{{ name }}` that win over the params of the nodes. */
  readonly params?: JsonObject;
  /** Whether `target/cache` may answer and is written; true by default. */
  readonly cache?: boolean;
  /** Version of the tool that writes the manifest; this package's by default. */
  readonly toolVersion?: string;
}

export interface Project {
  readonly manifest: Manifest;
  readonly settings: ProjectSettings;
  /** What will not run and why, and values that other tools read otherwise. */
  readonly warnings: readonly Problem[];
  /** Whether the cache answered, and nothing was parsed. */
  readonly fromCache: boolean;
}

/**
 * Reads a project: its folder, or any folder inside it. Parsers are loaded only when the cache does not answer.
 *
 * @throws {ProjectError} `PROJECT_NOT_FOUND`; `PROJECT_INVALID` with every problem of every file.
 */
export async function loadProject(folder: string, options: LoadOptions = {}): Promise<Project> {
  const { env = process.env, now = Date.now(), params = {}, cache = true } = options;
  const toolVersion = options.toolVersion ?? ownVersion();
  const root = await findProjectRoot(folder);
  const found = cache ? await projectStamps(root) : null;
  const cached = await cachedProject(root, found, toolVersion, params, env);
  if (cached !== null) return { ...cached, fromCache: true };
  const stamps = found && (await hashedStamps(root, found));
  const { parseProject } = await import('./parse-project.ts');
  const variables = environment(env);
  const project = await parseProject({
    folder: root,
    environment: variables,
    params,
    toolVersion,
    generatedAt: new Date(now).toISOString(),
  });
  if (cache) await keepProject(root, stamps, toolVersion, params, variables.consulted, project);
  return { ...project, fromCache: false };
}

let version: string | undefined;

function ownVersion(): string {
  version ??= (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
  return version;
}
