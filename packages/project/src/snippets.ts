import type { Json, JsonObject } from '@seeknal/manifest';
import { z } from 'zod';

import { problemAt, type Findings } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text or a number' });
const schema = z.strictObject({
  sources: z
    .array(
      z.strictObject({
        id: z.string(),
        ref: z.string().optional(),
        description: z.string().nullish(),
        params: z.record(z.string(), scalar).nullish(),
      }),
    )
    .nullish(),
  rules: z
    .array(z.strictObject({ id: z.string(), value: z.string(), description: z.string().nullish() }))
    .nullish(),
  transformations: z
    .array(z.strictObject({ id: z.string(), sql: z.string(), description: z.string().nullish() }))
    .nullish(),
});

/** The shape of a file of shared snippets. */
export const snippetsSchema: z.ZodType = schema;

/**
 * The shared snippets of `seeknal/common`, by the name that templates use: `rules.active`,
 * `transforms.with_region`, and `<id>.<param>` for the params of a source.
 */
export function snippetsOf(files: readonly YamlFile[], findings: Findings): JsonObject {
  const snippets = new Map<string, Json>();
  for (const file of files) {
    const problems = schemaProblems(schema, file.value, file, [], 'a file of shared snippets');
    findings.problems.push(...problems);
    if (problems.length > 0) continue;
    const add = (name: string, value: Json, path: readonly (string | number)[]): void => {
      if (snippets.has(name)) {
        findings.problems.push(
          problemAt(
            file.source,
            file.placeOf(path),
            'NODE_DUPLICATE',
            `There are two snippets called "${name}".`,
            'Rename one of them.',
          ),
        );
      }
      snippets.set(name, typeof value === 'string' ? value.trim() : value);
    };
    const { sources, rules, transformations } = file.value as z.infer<typeof schema>;
    sources?.forEach(({ id, params }, i) => {
      for (const [name, value] of Object.entries(params ?? {}))
        add(`${id}.${name}`, value, ['sources', i, 'params', name]);
    });
    rules?.forEach(({ id, value }, i) => add(`rules.${id}`, value, ['rules', i, 'id']));
    transformations?.forEach(({ id, sql }, i) => add(`transforms.${id}`, sql, ['transformations', i, 'id']));
  }
  return Object.fromEntries(snippets);
}
