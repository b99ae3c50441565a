import type { Check, JsonObject, SqlText, TransformSpec } from '@seeknal/manifest';

import { definitionOf } from './definition.ts';
import type { DeclaredInput } from './node-inputs.ts';
import { nodeSql } from './node-sql.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import type { RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';

/**
 * A node of another kind that is built whole like a transform: planner and engine see no difference. Null
 * when its SQL is wrong, which then is among the findings.
 *
 * @param replaces Keys that the SQL says all of.
 */
export function wholeNode(
  raw: RawNode,
  of: {
    readonly sql: SqlText;
    readonly sqlPath: YamlPath;
    readonly inputs: readonly DeclaredInput[];
    readonly replaces: readonly string[];
    readonly checks: readonly Check[];
  },
  context: NodeContext,
): ParsedNode | null {
  const params = (raw.config['params'] ?? {}) as JsonObject;
  const setting = {
    isScheduled: false,
    timeZone: 'UTC',
    params,
    declared: of.inputs,
    thisIsOwn: false,
  };
  const sql = nodeSql(raw, of.sql, setting, context);
  if (sql === null) return null;
  if (sql.statements > 1) return unsupportedNode(raw, context, 'SQL of several statements', of.sqlPath);
  return {
    raw,
    inputs: sql.inputs,
    timeColumn: null,
    provesInterval: () => false,
    finish: (inputs) => {
      const spec: TransformSpec = {
        kind: 'transform',
        mode: 'full',
        sql: of.sql,
        params: sql.params,
        inputs,
        timing: null,
        timeColumn: null,
        outOfRange: 'fail',
        onChange: 'keep',
        volatile: sql.volatile,
        checks: of.checks,
      };
      const known = { kind: raw.kind, mode: 'full', ...sql.definition };
      return { spec, definition: definitionOf(raw.config, ['params', ...of.replaces], known, inputs) };
    },
  };
}

/** SQL that was put together from the keys of a node: all of it stands where they do. */
export const generatedSql = (raw: RawNode, path: YamlPath, template: string): SqlText => ({
  template,
  place: raw.placeOf(path),
  indent: 0,
  isGenerated: true,
});
