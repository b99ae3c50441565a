import type { JsonObject, NodeId, NodeKind, Place, SqlText } from '@seeknal/manifest';
import { nearest } from '@seeknal/manifest';

import { isName, proposedName } from './names.ts';
import { nodeSchema } from './node-schemas.ts';
import { problemAt, type Findings, type Problem, type ProblemCode } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';
import type { YamlPath } from './yaml-tree.ts';

/** A node as it is written: its kind and name known, its shape checked, nothing else looked at. */
export interface RawNode {
  readonly id: NodeId;
  readonly kind: NodeKind;
  readonly name: string;
  readonly config: JsonObject;
  /** Where the node begins: its name in the file, or the first line. */
  readonly place: Place;
  readonly file: YamlFile;
  /** Path of the node within the file. */
  readonly base: YamlPath;
  readonly placeOf: (path: YamlPath) => Place;
  /** The text at a path as a template. */
  readonly sqlAt: (path: YamlPath, text: string) => SqlText;
  /** The SQL of a `.sql` file, which stands outside its YAML. */
  readonly body: SqlText | null;
  /** Where problems of this node go. */
  readonly problems: Problem[];
  readonly report: (path: YamlPath, code: ProblemCode, message: string, hint?: string) => void;
}

/** Folder below `seeknal/` → kind of the nodes in it that name none. */
const KIND_OF_FOLDER: { readonly [folder: string]: NodeKind } = {
  sources: 'source',
  transforms: 'transform',
  aggregations: 'aggregation',
  second_order_aggregations: 'second_order_aggregation',
  feature_groups: 'feature_group',
  models: 'model',
  rules: 'rule',
  profiles: 'profile',
  exposures: 'exposure',
  semantic_models: 'semantic_model',
  metrics: 'metric',
};

export const KINDS: readonly NodeKind[] = Object.values(KIND_OF_FOLDER);

/** Keys that a node has and a mapping of one name to a node has not. */
const NODE_KEYS = new Set([
  'kind',
  'name',
  'sql',
  'transform',
  'source',
  'table',
  'rule',
  'inputs',
  'params',
]);

/**
 * Reads a file as a node in either form: `{kind, name, …}`, or `{my_node: {…}}` with the kind taken from the
 * folder. Null when something about it is wrong, which then is among the findings.
 *
 * @param body The SQL of a `.sql` file, which then gives name and kind where its YAML does not.
 */
export function rawNode(file: YamlFile, body: SqlText | null, findings: Findings): RawNode | null {
  const { source, value } = file;
  const parts = source.file.split('/');
  const isKeyed = isKeyedForm(value);
  const [outer] = Object.keys(value);
  const base: YamlPath = isKeyed ? [outer as string] : [];
  const config = isKeyed ? (value[outer as string] as JsonObject) : value;
  const report: RawNode['report'] = (path, code, message, hint) => {
    const place =
      code === 'KEY_UNKNOWN' ? file.keyPlaceOf([...base, ...path]) : file.placeOf([...base, ...path]);
    findings.problems.push(problemAt(source, place, code, message, hint));
  };

  const kind = kindOf(
    config,
    body === null ? KIND_OF_FOLDER[parts[1] ?? ''] : (KIND_OF_FOLDER[parts[1] ?? ''] ?? 'transform'),
    report,
  );
  const fileName = (parts.at(-1) as string).replace(/\.[^.]*$/, '');
  const given = config['name'];
  const name = isKeyed ? (outer as string) : typeof given === 'string' || body === null ? given : fileName;
  if (isKeyed && given !== undefined && given !== outer) {
    report(
      ['name'],
      'NAME_INVALID',
      `This node is called "${outer}" above and ${JSON.stringify(given)} here.`,
      'Remove the name here.',
    );
  }
  if (kind === null) return null;
  const problems = schemaProblems(nodeSchema(kind), config, file, base, `a ${kind}`);
  findings.problems.push(...problems);
  if (typeof name !== 'string') {
    if (problems.length === 0)
      report([], 'KEY_MISSING', 'This node has no name.', `Add it: name: ${proposedName(fileName)}`);
    return null;
  }
  const place = isKeyed ? file.keyPlaceOf(base) : file.placeOf(given === undefined ? [] : ['name']);
  if (!isName(name)) {
    findings.problems.push(
      problemAt(
        source,
        place,
        'NAME_INVALID',
        `"${name}" cannot be the name of a node: letters, digits, _ and - only, at most 63, no digit first.`,
        `Call it ${proposedName(name)}.`,
      ),
    );
    return null;
  }
  if (problems.length > 0) return null;
  return {
    id: `${kind}.${name}`,
    kind,
    name,
    config,
    place,
    file,
    base,
    placeOf: (path) => file.placeOf([...base, ...path]),
    sqlAt: (path, text) => file.sqlAt([...base, ...path], text),
    body,
    problems: findings.problems,
    report,
  };
}

function isKeyedForm(value: JsonObject): boolean {
  const keys = Object.keys(value);
  const inner = value[keys[0] ?? ''];
  const isOneMapping =
    keys.length === 1 && inner !== null && typeof inner === 'object' && !Array.isArray(inner);
  return isOneMapping && !NODE_KEYS.has(keys[0] as string);
}

function kindOf(
  config: JsonObject,
  fallback: NodeKind | undefined,
  report: RawNode['report'],
): NodeKind | null {
  const { kind } = config;
  if (kind === undefined) {
    if (fallback === undefined)
      report(
        [],
        'KEY_MISSING',
        'This node has no kind, and its folder does not tell it.',
        `Add it: kind: ${KINDS.join(' | ')}`,
      );
    return fallback ?? null;
  }
  if ((KINDS as readonly unknown[]).includes(kind)) return kind as NodeKind;
  const near = nearest(String(kind), KINDS);
  const hint = near === null ? `Known are: ${KINDS.join(', ')}.` : `Did you mean "${near}"?`;
  report(['kind'], 'KIND_UNKNOWN', `Unknown kind ${JSON.stringify(kind)}.`, hint);
  return null;
}
