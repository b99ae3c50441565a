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
  return result.error.issues.flatMap((issue) => problemsOf(issue, schema, file, base, what));
}

function problemsOf(
  issue: Issue,
  schema: z.ZodType,
  file: YamlFile,
  base: YamlPath,
  what: string,
): readonly Problem[] {
  const inner = issue.path as YamlPath;
  const path = [...base, ...inner];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, inner);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const hint = near === null ? `Known are: ${known.join(', ')}.` : `Did you mean "${near}"?`;
      const where = inner.length === 0 ? what : `"${inner.join('.')}"`;
      return problemAt(
        file.source,
        file.keyPlaceOf([...path, key]),
        'KEY_UNKNOWN',
        `Unknown key "${key}" in ${where}.`,
        hint,
      );
    });
  }
  const name = inner.length === 0 ? what : `"${inner.join('.')}"`;
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    const parent = inner.slice(0, -1);
    const where = parent.length === 0 ? what : `"${parent.join('.')}"`;
    const at = file.keyPlaceOf([...base, ...parent]);
    return [
      problemAt(
        file.source,
        at,
        'KEY_MISSING',
        `The key "${inner.at(-1) ?? ''}" is missing in ${where}.`,
        `Add it: ${inner.at(-1) ?? ''}: …`,
      ),
    ];
  }
  const deeper = issue.code === 'invalid_union' ? deepest(issue) : null;
  if (deeper !== null) {
    return problemsOf({ ...deeper, path: [...issue.path, ...deeper.path] }, schema, file, base, what);
  }
  return [
    problemAt(file.source, file.placeOf(path), 'VALUE_INVALID', `${name} ${saying(issue)}.`, hintOf(issue)),
  ];
}

/** Of the alternatives of a union, the one complaint that got furthest into the value, when it got anywhere. */
function deepest(issue: z.core.$ZodIssueInvalidUnion): Issue | null {
  const inside = issue.errors
    .filter((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'))
    .flatMap((issues) => issues.slice(0, 1));
  return inside.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null;
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
      return /^must /.test(issue.message)
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
    const shape = schema.shape as { readonly [key: string]: unknown };
    if (step === undefined) return Object.keys(shape);
    return Object.hasOwn(shape, step) ? keysAt(shape[step], rest) : [];
  }
  if (step === undefined) return [];
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  return schema instanceof z.ZodRecord ? keysAt(schema.valueType, rest) : [];
}
