import { StateError } from './errors.ts';

/** @throws `STATE_BACKEND_MISSING` when there is no such package. */
export async function installedModule(module: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return (await import(module)) as { readonly [name: string]: unknown };
  } catch (cause) {
    // Node says ERR_MODULE_NOT_FOUND, jest MODULE_NOT_FOUND; of a package that is there but broken the message differs.
    const { code, message } = cause as { readonly code?: string; readonly message?: string };
    if (!code?.endsWith('MODULE_NOT_FOUND') || !message?.includes(`'${module}'`)) throw cause;
    throw new StateError(
      'STATE_BACKEND_MISSING',
      `The state backend in ${module} is not installed`,
      `Install it: npm install ${module}`,
      { cause },
    );
  }
}
