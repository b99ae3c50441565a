import { showPlace } from './errors.ts';
import { definitionOf } from './definition.ts';
import { declaredInputs } from './node-inputs.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { problemAt } from './problem.ts';
import type { RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';
import type { JsonObject } from '@seeknal/manifest';

/**
 * A node that the format knows and this version does not run: it keeps its place in the graph, and a warning
 * says why it will not run.
 *
 * @param what Completes "… is not supported yet": `The kind aggregation`.
 * @param path Where the reason stands in the node.
 * @param resolved What of its definition is known better than as written.
 */
export function unsupportedNode(
  raw: RawNode,
  context: NodeContext,
  what: string,
  path: YamlPath,
  resolved: JsonObject = {},
): ParsedNode {
  const place = raw.placeOf(path);
  const reason = `${what} is not supported yet (${showPlace(place)}).`;
  context.findings.warnings.push(
    problemAt(
      raw.file.source,
      place,
      'NODE_UNSUPPORTED',
      `${raw.id}: ${what} is not supported yet.`,
      'It and what depends on it are left out of runs.',
    ),
  );
  return {
    raw,
    inputs: declaredInputs(raw, context.ids),
    timeColumn: null,
    provesInterval: () => false,
    finish: (inputs) => ({
      spec: { kind: 'unsupported', reason, inputs },
      definition: definitionOf(raw.config, [], resolved, inputs),
    }),
  };
}

/**
 * A node that sends its rows to another system, which is not supported yet; null for one that does not.
 *
 * @param keys Of `materialization`, any of which says so.
 */
export function materializedElsewhere(
  raw: RawNode,
  context: NodeContext,
  keys: readonly string[],
): ParsedNode | null {
  const { materialization, materializations } = raw.config;
  const key = keys.find((each) => ((materialization ?? {}) as JsonObject)[each] !== undefined);
  const refused = (path: YamlPath): ParsedNode =>
    unsupportedNode(raw, context, 'Materialising in another system', path);
  if (key !== undefined) return refused(['materialization', key]);
  return materializations === undefined ? null : refused(['materializations']);
}
