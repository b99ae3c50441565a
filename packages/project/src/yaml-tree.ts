import type { Json, JsonObject } from '@seeknal/manifest';
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';

import { problemAt, type Findings, type ProblemCode } from './problem.ts';
import type { SourceText } from './source-text.ts';
import { readBefore } from './yaml-before.ts';

export type YamlPath = readonly (string | number)[];

/** Offsets of a key and its value in the file, and the indentation of the lines of a block scalar. */
export interface Spot {
  readonly key: number;
  readonly value: number;
  readonly indent: number;
}

/** One text for a path; no key holds a NUL, YAML forbids it. */
export const spotKey = (path: YamlPath): string => path.join('\0');

interface YamlTree {
  readonly value: JsonObject;
  readonly start: number;
  readonly spots: ReadonlyMap<string, Spot>;
}

/** Assigning to these would change an object's nature rather than its content. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
/** A file of 1 MB that repeats an alias could otherwise stand for gigabytes. */
const MOST_VALUES_BY_ALIAS = 10_000;
/** Whose value is a date in any reading, so that the reading need not be warned of. */
const DATES = new Set(['start', 'end', 'start_date', 'end_date']);

/** A document as plain JSON with the place of every value. Null when its root is no mapping. */
export function readTree(source: SourceText, document: Document, findings: Findings): YamlTree | null {
  const spots = new Map<string, Spot>();
  let budget = MOST_VALUES_BY_ALIAS;
  let aliasDepth = 0;
  const fail = (at: number, code: ProblemCode, message: string, hint: string): void => {
    findings.problems.push(problemAt(source, at, code, message, hint));
  };

  const root = document.contents;
  if (!isMap(root)) {
    const at = root?.range?.[0] ?? 0;
    const what = root === null ? 'This file is empty' : 'The root of this file is not a mapping';
    findings.problems.push(
      problemAt(source, at, 'YAML_NOT_A_MAPPING', `${what}.`, 'Begin with `kind:` and `name:`.'),
    );
    return null;
  }
  const value = readMap(root, []);
  return { value, start: root.range?.[0] ?? 0, spots };

  function read(node: Node | null, path: YamlPath): Json {
    if (aliasDepth > 0) budget -= 1;
    if (budget < 0) return null;
    if (isAlias(node)) return readAlias(node, path);
    if (isMap(node)) return readMap(node, path);
    if (isSeq(node)) return node.items.map((item, i) => readItem(item as Node | null, [...path, i]));
    return isScalar(node) ? readScalar(node, path.at(-1)) : null;
  }

  function readItem(item: Node | null, path: YamlPath): Json {
    const at = startOf(source, item);
    setSpot(path, at, item);
    return read(item, path);
  }

  function setSpot(path: YamlPath, key: number, node: Node | null): void {
    if (aliasDepth === 0) spots.set(spotKey(path), { key, ...valueSpot(source, node, key) });
  }

  function readMap(map: YAMLMap, path: YamlPath): JsonObject {
    const result: Record<string, Json> = {};
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const keyAt = startOf(source, pair.key as Node | null);
      if (!isScalar(pair.key)) {
        fail(keyAt, 'VALUE_INVALID', 'A key must be plain text.', 'Quote it.');
        continue;
      }
      const key = pair.key.value === null ? 'null' : String(pair.key.value);
      warnOfReading(pair.key, undefined);
      const node = pair.value as Node | null;
      if (RESERVED.has(key)) {
        fail(keyAt, 'YAML_RESERVED_KEY', `The key "${key}" is not allowed.`, 'Rename it.');
        continue;
      }
      if (key === '<<') {
        const merged = read(node, path);
        for (const part of Array.isArray(merged) ? merged : [merged]) {
          if (isObject(part))
            for (const [name, item] of Object.entries(part))
              if (!Object.hasOwn(result, name)) result[name] = item;
        }
        continue;
      }
      setSpot([...path, key], keyAt, node);
      result[key] = read(node, [...path, key]);
    }
    return result;
  }

  function readAlias(alias: Alias, path: YamlPath): Json {
    const at = startOf(source, alias);
    const target = alias.resolve(document);
    if (target === undefined || aliasDepth > 8) {
      fail(
        at,
        'YAML_ALIAS',
        `The alias "*${alias.source}" ${target === undefined ? 'has no anchor' : 'refers to itself'}.`,
        'Write the value out.',
      );
      return null;
    }
    aliasDepth += 1;
    const before = budget;
    const value = read(target, path);
    aliasDepth -= 1;
    if (before >= 0 && budget < 0 && aliasDepth === 0) {
      fail(
        at,
        'YAML_ALIAS',
        `Aliases of this file stand for more than ${MOST_VALUES_BY_ALIAS} values.`,
        'Write the values out.',
      );
    }
    return value;
  }

  function readScalar(node: Scalar, key: string | number | undefined): Json {
    warnOfReading(node, key);
    const scalar = node.value;
    if (
      typeof scalar === 'number' &&
      (!Number.isFinite(scalar) || (Number.isInteger(scalar) && !Number.isSafeInteger(scalar)))
    ) {
      const text = node.source ?? String(scalar);
      fail(
        startOf(source, node),
        'VALUE_INVALID',
        `The number ${text} cannot be kept exactly.`,
        `Quote it: "${text}".`,
      );
      return text;
    }
    if (scalar !== null && !['string', 'number', 'boolean'].includes(typeof scalar)) {
      fail(
        startOf(source, node),
        'YAML_INVALID',
        `The tag ${node.tag ?? ''} makes this no plain value.`,
        'Remove the tag.',
      );
      return null;
    }
    return scalar as Json;
  }

  function warnOfReading(node: Scalar, key: string | number | undefined): void {
    if (
      node.type !== 'PLAIN' ||
      node.source === undefined ||
      aliasDepth > 0 ||
      (key !== undefined && DATES.has(String(key)))
    )
      return;
    const before = readBefore(node.source);
    if (before === null) return;
    const now = typeof node.value === 'number' ? `the number ${node.value}` : 'text';
    findings.warnings.push(
      problemAt(
        source,
        startOf(source, node),
        'YAML_READ_OTHERWISE_BEFORE',
        `${node.source} is ${now} in YAML 1.2, and ${before} to tools that read YAML 1.1.`,
        `Quote it to mean the same everywhere: "${node.source}".`,
      ),
    );
  }
}

const isObject = (value: Json): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const startOf = (source: SourceText, node: Node | null): number => node?.range?.[0] ?? source.text.length;

/** Where the first character of a value stands: behind the quote, or on the line below a block's header. */
function valueSpot(source: SourceText, node: Node | null, key: number): { value: number; indent: number } {
  const start = node?.range?.[0];
  if (start === undefined || !isScalar(node)) return { value: start ?? key, indent: 0 };
  if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') return { value: start + 1, indent: 0 };
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return { value: start, indent: 0 };
  const header = source.text.indexOf('\n', start) + 1;
  if (header === 0) return { value: start, indent: 0 };
  const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;
  const written =
    source.text
      .slice(header, node.range?.[1])
      .split('\n')
      .find((line) => line.trim() !== '') ?? '';
  const read =
    String(node.value)
      .split('\n')
      .find((line) => line.trim() !== '') ?? '';
  const indent = indentOf(written) - indentOf(read);
  // A blank first line has no indentation to stand behind.
  const firstLine = source.text.slice(header, header + indent);
  return { value: header + (firstLine.trim() === '' && !/[\r\n]/.test(firstLine) ? indent : 0), indent };
}
