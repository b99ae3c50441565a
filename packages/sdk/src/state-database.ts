import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SdkError } from './errors.ts';
import { installCommand } from './install-command.ts';

const NAME = '@seeknal/state-libsql';

/**
 * The package that keeps a state in a database, loaded when first asked for. It brings 35 MB along, so that only
 * those install it who use it.
 *
 * @throws {SdkError} `SDK_STATE_BACKEND` with the command that installs it, where it is not.
 */
export async function stateDatabase(): Promise<typeof import('@seeknal/state-libsql')> {
  try {
    return await import('@seeknal/state-libsql');
  } catch (cause) {
    const { code, message } = cause as { readonly code?: string; readonly message?: string };
    // What that package itself lacks is another matter.
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message?.startsWith(`Cannot find package '${NAME}'`)) throw cause;
    const command = installCommand(NAME, fileURLToPath(import.meta.url), (folder) =>
      existsSync(join(folder, 'package.json')),
    );
    throw SdkError.stateBackend(
      `A state in libSQL needs ${NAME}, which is not installed`,
      command.startsWith('npx')
        ? `Let npx fetch it too: ${command} …; or keep the state in a file: state_backend: file.`
        : `Install it: ${command}; or keep the state in a file: state_backend: file.`,
    );
  }
}
