import type { Instant } from '@seeknal/intervals';
import { loadProject, type ProjectSettings } from '@seeknal/project';

import { SdkError } from './errors.ts';
import { Project } from './project.ts';

export interface OpenOptions {
  /** The one clock of the command; default: now. */
  readonly now?: Instant;
  /** Read for `${VAR}` and `{{ env:VAR }}`; default: the process's. */
  readonly env?: { readonly [name: string]: string | undefined };
  /** Values that override the nodes' own `params`. */
  readonly params?: { readonly [name: string]: unknown };
  /** Milliseconds to wait for a warehouse that another process holds. Default 0. */
  readonly waitMs?: number;
}

/**
 * Reads the project that a folder belongs to. Neither the warehouse nor a parser is loaded before something
 * needs it.
 *
 * @throws A coded error that lists every problem of the project's files.
 */
export async function openProject(folder: string, options: OpenOptions = {}): Promise<Project> {
  const now = options.now ?? Date.now();
  const env = options.env ?? process.env;
  const loaded = await loadProject(folder, {
    now,
    env,
    ...(options.params !== undefined && { params: options.params as never }),
  });
  refuseWhatIsToCome(loaded.settings);
  return new Project(loaded, { now, env, waitMs: options.waitMs ?? 0, params: options.params ?? {} });
}

/** A setting that would be ignored is worse than one that is refused. */
function refuseWhatIsToCome({ orchestrator }: ProjectSettings): void {
  const name = orchestrator?.['type'] ?? orchestrator?.['name'];
  if (orchestrator !== null && name !== 'local') throw SdkError.toCome('orchestrator', 'no orchestrator');
}
