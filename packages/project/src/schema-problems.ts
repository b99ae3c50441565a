import { nearest, type Json } from '@seeknal/manifest';
import { z } from 'zod';

import { problemAt, type Problem } from './problem.ts';
import type { YamlFile } from './yaml-file.ts';
import type { YamlPath } from './yaml-tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * Holds a value of a file against a schema.
 *
 * @param base Where the value stands in the file.
 * @param what How the value is called in messages: `a transform`.
 * @returns Every problem, each at the key or value it is about.
 */
export function schemaProblems(
  schema: z.ZodType,
  value: Json,
  file: YamlFile,
  base: YamlPath,
  what: string,
): readonly Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return [];
  const issues = result.error.issues.flatMap((issue) => leaves(issue));
  const where = (path: YamlPath): string => (path.length === 0 ? what : `"${path.join('.')}"`);
  const meant = new Set<string>();
  const unknown = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const path = issue.path as YamlPath;
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      if (near !== null) meant.add([...path, near].join('.'));
      const hint = near === null ? `Known are: ${known.join(', ')}.` : `Did you mean "${near}"?`;
      const at = file.keyPlaceOf([...base, ...path, key]);
      return problemAt(file.source, at, 'KEY_UNKNOWN', `Unknown key "${key}" in ${where(path)}.`, hint);
    });
  });
  const others = issues.flatMap((issue) => {
    const path = issue.path as YamlPath;
    if (issue.code === 'unrecognized_keys') return [];
    if (issue.input === undefined && path.length > 0) {
      // A missing key that was only misspelt has been said already.
      if (meant.has(path.join('.'))) return [];
      const [key, parent] = [path.at(-1) ?? '', path.slice(0, -1)];
      const message = `The key "${key}" is missing in ${where(parent)}.`;
      const at = file.keyPlaceOf([...base, ...parent]);
      return [problemAt(file.source, at, 'KEY_MISSING', message, `Add it: ${key}: …`)];
    }
    const at = file.placeOf([...base, ...path]);
    return [problemAt(file.source, at, 'VALUE_INVALID', `${where(path)} ${saying(issue)}.`, hintOf(issue))];
  });
  return [...unknown, ...others];
}

/**
 * The complaints behind one: of the alternatives of a union, those of the one that fits the value's own
 * shape, if any does.
 */
function leaves(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.input === undefined) return [issue];
  const fitting = issue.errors.find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (fitting === undefined) return [issue];
  return fitting.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }));
}

const EXPECTED: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function saying(issue: Issue): string {
  const given = show(issue.input as Json);
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${given}`;
    case 'invalid_value':
      return `must be ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}, not ${given}`;
    default:
      return issue.message.startsWith('must ')
        ? `${issue.message}, not ${given}`
        : `is not valid: ${issue.message}`;
  }
}

function hintOf(issue: Issue): string | undefined {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined;
  const near = nearest(issue.input, issue.values.map(String));
  return near === null ? undefined : `Did you mean "${near}"?`;
}

function show(value: Json | undefined): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The keys a schema knows at a path; a list of either of two shapes knows those of both. */
function keysAt(schema: unknown, path: YamlPath): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape;
    if (step === undefined) return Object.keys(shape);
    return Object.hasOwn(shape, step) ? keysAt(shape[step], rest) : [];
  }
  if (step === undefined) return [];
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  return schema instanceof z.ZodRecord ? keysAt(schema.valueType, rest) : [];
}
