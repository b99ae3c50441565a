import type { StateBackend } from './backend.ts';
import { StateError } from './errors.ts';
import { installedModule } from './installed-module.ts';
import { memoryBackend } from './memory-backend.ts';

/** Where each kind of backend lives: imported only when asked for, so that none has to be installed. */
const PACKAGES = {
  file: { module: '@seeknal/state-file', backend: 'FileBackend' },
  database: { module: '@seeknal/state-libsql', backend: 'DatabaseBackend' },
} as const;

export type BackendType = 'memory' | keyof typeof PACKAGES;

/**
 * Opens a state backend by name: `createStateBackend('file', { basePath: 'target' })`. Call `initialize()`
 * before anything else.
 *
 * @param options Passed to the backend as they are.
 * @throws `STATE_BACKEND_UNKNOWN` for another name, `STATE_BACKEND_MISSING` when its package is not installed.
 */
export async function createStateBackend(
  type: BackendType,
  options: { readonly [option: string]: unknown } = {},
): Promise<StateBackend> {
  if (type === 'memory') return memoryBackend(options);
  if (!Object.hasOwn(PACKAGES, type)) {
    throw new StateError(
      'STATE_BACKEND_UNKNOWN',
      `There is no state backend "${type as string}"`,
      'Use "file", "database" or "memory".',
    );
  }
  const { module, backend } = PACKAGES[type];
  const exports = await installedModule(module);
  const Backend = exports[backend] as new (options: object) => StateBackend;
  return new Backend(options);
}
