import type { JsonObject, Place, SqlText } from '@seeknal/manifest';
import { parseDocument } from 'yaml';

import { problemAt, type Findings, type Problem, type ProblemCode } from './problem.ts';
import { placeAt, type SourceText } from './source-text.ts';
import { tooDeepProblem } from './yaml-guard.ts';
import { readTree, spotKey, type Spot, type YamlPath } from './yaml-tree.ts';

/** One YAML mapping with the place of everything in it. */
export interface YamlFile {
  readonly source: SourceText;
  readonly value: JsonObject;
  /** Where the value at a path stands; of a path that is not there, where its nearest ancestor stands. */
  readonly placeOf: (path: YamlPath) => Place;
  /** Where the key of the last step of a path stands. */
  readonly keyPlaceOf: (path: YamlPath) => Place;
  /** The text at a path as a template that knows where each of its lines stands. */
  readonly sqlAt: (path: YamlPath, text: string) => SqlText;
}

const CODES: { readonly [code: string]: ProblemCode } = {
  DUPLICATE_KEY: 'YAML_DUPLICATE_KEY',
  MULTIPLE_DOCS: 'YAML_SEVERAL_DOCUMENTS',
  TAB_AS_INDENT: 'YAML_TAB',
  BAD_ALIAS: 'YAML_ALIAS',
};

const HINTS: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'Keep one of the two.',
  MULTIPLE_DOCS: 'Put each document into a file of its own.',
  TAB_AS_INDENT: 'Indent with spaces.',
};

/**
 * Reads one YAML 1.2 mapping. Everything wrong with it goes to `findings`, with line and column; the result
 * is null when nothing useful could be read.
 *
 * @param yaml What is read.
 * @param source What problems are shown with, when that is more: `yaml` is then part of it, at the same offsets.
 */
export function yamlFile(yaml: SourceText, findings: Findings, source: SourceText = yaml): YamlFile | null {
  const tooDeep = tooDeepProblem(yaml);
  if (tooDeep !== null) {
    findings.problems.push(tooDeep);
    return null;
  }
  const document = parseDocument(yaml.text, { prettyErrors: false });
  if (document.errors.length > 0 || document.directives?.yaml.version === '1.1') {
    const [error] = document.errors;
    findings.problems.push(error === undefined ? oldVersion(source) : syntaxProblem(source, error));
    return null;
  }
  for (const { message, pos } of document.warnings) {
    findings.problems.push(problemAt(source, pos[0], 'YAML_INVALID', message, 'Remove the tag.'));
  }
  const tree = readTree(source, document, findings);
  if (tree === null) return null;
  const spotAt = (path: YamlPath): Spot => {
    for (let length = path.length; length > 0; length -= 1) {
      const spot = tree.spots.get(spotKey(path.slice(0, length)));
      if (spot !== undefined)
        return length === path.length ? spot : { key: spot.key, value: spot.key, indent: 0 };
    }
    return { key: tree.start, value: tree.start, indent: 0 };
  };
  return {
    source,
    value: tree.value,
    placeOf: (path) => placeAt(source, spotAt(path).value),
    keyPlaceOf: (path) => placeAt(source, spotAt(path).key),
    sqlAt: (path, template) => {
      const spot = spotAt(path);
      return { template, place: placeAt(source, spot.value), indent: spot.indent };
    },
  };
}

function syntaxProblem(
  source: SourceText,
  error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
): Problem {
  const [start] = error.pos;
  const sourceLine =
    source.text
      .slice(0, start + 1)
      .split(/\r\n|\r|\n/)
      .at(-1) ?? '';
  const isTab = error.code !== 'TAB_AS_INDENT' && /^\s*\t/.test(sourceLine);
  const code = isTab ? 'TAB_AS_INDENT' : error.code;
  const message = isTab ? 'Tabs are not allowed as indentation' : error.message.replace(/;.*$/s, '');
  return problemAt(source, start, CODES[code] ?? 'YAML_INVALID', `${message}.`, HINTS[code]);
}

const oldVersion = (source: SourceText): Problem =>
  problemAt(
    source,
    0,
    'YAML_INVALID',
    'This file asks for YAML 1.1; YAML 1.2 is what is read.',
    'Remove the %YAML line.',
  );
