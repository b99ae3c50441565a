import { nearest } from '@seeknal/manifest';

import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';

/** Every schema by its name, made when it is asked for. */
const SCHEMAS: { readonly [name: string]: () => Promise<object> } = {
  'data-diff': async () => (await import('@seeknal/sdk')).dataDiffJsonSchema(),
  plan: async () => (await import('@seeknal/plan')).planJsonSchema(),
  project: async () => (await import('@seeknal/project')).projectJsonSchema(),
  test: async () => (await import('@seeknal/project')).unitTestsJsonSchema(),
};

/** Prints a JSON Schema, for editors and for programs that read what seeknal writes. */
export const schema: CommandBody<object> = async ({ terminal }, [name = '']) => {
  if (!Object.hasOwn(SCHEMAS, name)) {
    const near = nearest(name, Object.keys(SCHEMAS));
    const hint = near === null ? `There are ${Object.keys(SCHEMAS).join(', ')}.` : `Did you mean ${near}?`;
    throw CliError.usage(`There is no schema "${name}".`, hint);
  }
  terminal.print(JSON.stringify(await (SCHEMAS[name] as () => Promise<object>)(), null, 2));
  return 0;
};
