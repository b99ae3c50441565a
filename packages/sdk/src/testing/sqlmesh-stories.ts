import type { Case, Inputs } from './sqlmesh-cases.ts';
import { kindOf, spokenModel, type Graph, type Models } from './sqlmesh-models.ts';

/** What a case comes to: projects that are applied one after the other, and the one that is planned. */
export interface Story {
  readonly graph: Graph;
  readonly applied: readonly {
    readonly models: Models;
    readonly environment: string;
    readonly options?: object;
  }[];
  readonly planned: Models;
  readonly environment: string;
  readonly isForwardOnly: boolean;
  /** Categories that somebody chooses for what changed, by what the case calls the choice. */
  readonly choices: { readonly [key: string]: string };
}

/** Null: the case says too little to build it. */
export function storyOf({ inputs, expected }: Case): Story | null {
  const { plan_flags: flags = {}, old, existing = {}, added = [] } = inputs;
  const environment = flags.is_dev === true ? 'dev' : 'prod';
  // Here a plan is forward-only: it is where every model that is edited is said to be.
  const edited = Object.values(inputs.new ?? {});
  const isForwardOnly =
    flags.forward_only === true ||
    (edited.length > 0 && edited.every((model) => kindOf(model).isForwardOnly));
  const spoken = spokenOf(inputs, expected);
  const graph = inputs.graph ?? spoken?.graph ?? {};
  const leaves = Object.values(graph).flat();
  const names = new Set([
    ...Object.keys(graph),
    ...leaves,
    ...Object.keys({ ...old, ...inputs.new, ...existing }),
  ]);
  if (names.size === 0) return null;
  const plain = (name: string): Models[string] => old?.[name] ?? spokenModel(graph[name] ?? []);
  const before: Models = Object.fromEntries(
    [...names].filter((name) => !added.includes(name)).map((name) => [name, plain(name)]),
  );
  const words: { readonly [name: string]: string } = { ...inputs.changes, ...spoken?.changes };
  const changed: Models = {
    ...Object.fromEntries(
      Object.entries(words).map(([name, change]) => [name, spokenModel(graph[name] ?? [], change)]),
    ),
    ...inputs.new,
  };
  const continued = Object.entries(existing).filter(([, { forward_only }]) => forward_only === true);
  const moved: Models = Object.fromEntries(
    continued.map(([name]) => [name, spokenModel(graph[name] ?? [], 'BREAKING')]),
  );
  const isPaused = continued.some(([, { paused }]) => paused === true);
  return {
    graph,
    applied: [
      { models: before, environment: 'prod' },
      ...(continued.length === 0
        ? []
        : [
            {
              models: { ...before, ...moved },
              environment: isPaused ? 'staging' : 'prod',
              options: { forwardOnly: true },
            },
          ]),
    ],
    planned: {
      ...before,
      ...moved,
      ...changed,
      ...Object.fromEntries(added.map((name) => [name, plain(name)])),
    },
    environment,
    isForwardOnly,
    choices: Object.fromEntries(
      Object.keys(expected).flatMap((key) => {
        const [, category] = /^after_choice\((\w+)\)$/u.exec(key) ?? [];
        return category === undefined ? [] : [[key, category]];
      }),
    ),
  };
}

/** What is told in words: the last word is the model, and whoever else the case names reads it. */
function spokenOf(
  { change, forward_only_model: more }: Inputs,
  expected: Case['expected'],
): { readonly graph: Graph; readonly changes: { readonly [name: string]: string } } | null {
  if (change === undefined) return null;
  const name = change.split(' ').at(-1) as string;
  const named = Object.entries(expected).flatMap(([key, value]) => (isModel(value) ? [key] : []));
  const readers = [...new Set([...named, ...(more === undefined ? [] : [more])])].filter(
    (each) => each !== name,
  );
  return {
    graph: { [name]: [], ...Object.fromEntries(readers.map((reader) => [reader, [name]])) },
    changes: { [name]: change },
  };
}

/** Whether something is said of a model, not of the plan. */
export const isModel = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
