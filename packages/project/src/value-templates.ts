import type { Json } from '@seeknal/manifest';

import type { ProjectError } from './errors.ts';
import type { NodeContext } from './parsed-node.ts';
import { problemAt } from './problem.ts';
import type { RawNode } from './raw-node.ts';
import type { Scope } from './template-scope.ts';
import { renderTemplate } from './template.ts';
import type { YamlPath } from './yaml-tree.ts';

/** Stands in a value for something only a run knows. */
const LATER = '\u0001';

/** Whether a value, once rendered, still depends on the run. */
export const runsLater = (text: string): boolean => text.includes(LATER);

/**
 * A value of the YAML with the templates in it rendered: variables of the environment, snippets and params
 * from outside. Values of a run are marked, for the caller to refuse; null when a template is wrong.
 */
export function valueWithTemplates(raw: RawNode, path: YamlPath, value: Json, context: NodeContext): Json {
  if (typeof value !== 'string' || !/\{[{%#]/.test(value)) return value;
  const layers = [context.params, context.snippets, { project_id: context.settings.name }];
  const scope: Scope = {
    value: (name) => {
      const found = layers.find((layer) => Object.hasOwn(layer, name))?.[name];
      return (
        found ??
        (['run_id', 'run_date', 'today', 'yesterday', 'workspace_path'].includes(name) ? LATER : undefined)
      );
    },
    env: context.environment.get,
    clock: () => LATER,
    ref: (ref) => ref,
    names: layers.flatMap((layer) => Object.keys(layer)),
  };
  return rendered(raw, () =>
    renderTemplate(raw.sqlAt(path, value), scope)
      .map(({ text }) => text)
      .join(''),
  );
}

/** Runs a rendering; a wrong template becomes a problem shown with the lines of the whole file. */
export function rendered<T>(raw: RawNode, render: () => T): T | null {
  try {
    return render();
  } catch (error) {
    const { code, problems } = error as ProjectError;
    if (code !== 'TEMPLATE_INVALID') throw error;
    for (const problem of problems) {
      raw.problems.push(
        problemAt(raw.file.source, problem.place, problem.code, problem.message, problem.hint),
      );
    }
    return null;
  }
}
