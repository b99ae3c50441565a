import type { Check, JsonObject } from '@seeknal/manifest';

import { auditsOf, ruleChecks } from './checks.ts';
import { definitionOf } from './definition.ts';
import { declaredInputs, type DeclaredInput } from './node-inputs.ts';
import { nodeSql } from './node-sql.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import type { RawNode } from './raw-node.ts';

/** A rule: checks of the rows of its first input. */
export function parseRule(raw: RawNode, context: NodeContext): ParsedNode | null {
  const found = ruleChecks(raw);
  if ('unsupported' in found)
    return unsupportedNode(raw, context, `A rule of type ${found.unsupported}`, found.path);
  let inputs: readonly DeclaredInput[] = declaredInputs(raw, context.ids);
  if (inputs.length === 0) {
    if (raw.config['inputs'] === undefined)
      raw.report(
        [],
        'KEY_MISSING',
        `${raw.id} has no input to check.`,
        'Add it: inputs: [{ref: transform.orders}]',
      );
    return null;
  }
  const { checks } = found;
  const definitions: JsonObject[] = [];
  for (const check of checks) {
    const sql = check.type === 'sql' ? checkSql(raw, check, inputs, context) : null;
    if (check.type === 'sql' && sql === null) return null;
    inputs = sql?.inputs ?? inputs;
    definitions.push(checkDefinition(check, sql?.definition));
  }
  return {
    raw,
    inputs,
    timeColumn: null,
    provesInterval: () => false,
    finish: (resolved) => ({
      spec: { kind: 'rule', inputs: resolved, checks },
      definition: definitionOf(raw.config, ['rule'], { kind: 'rule', checks: definitions }, resolved),
    }),
  };
}

/** Reads the SQL of a check; null when it is wrong, which then is among the findings. */
export const checkSql = (
  raw: RawNode,
  check: Check & { readonly type: 'sql' },
  declared: readonly DeclaredInput[],
  context: NodeContext,
): ReturnType<typeof nodeSql> =>
  nodeSql(
    raw,
    check.sql,
    {
      isScheduled: false,
      timeZone: 'UTC',
      params: (raw.config['params'] ?? {}) as JsonObject,
      declared,
      thisIsOwn: true,
    },
    context,
  );

function checkDefinition(check: Check, sql: JsonObject | undefined): JsonObject {
  const { place: _place, ...rest } = check;
  return { ...rest, ...(sql === undefined ? {} : { sql }) } as unknown as JsonObject;
}

/** Looks at the SQL of a node's audits, which may name nothing but the node's own rows and its inputs. */
export function checkAuditSql(raw: RawNode, inputs: readonly DeclaredInput[], context: NodeContext): void {
  for (const check of auditsOf(raw)) {
    if (check.type !== 'sql') continue;
    const sql = checkSql(raw, check, inputs, context);
    const other = sql?.inputs.find(({ ref }) => !inputs.some((input) => input.ref === ref));
    if (other === undefined) continue;
    raw.report(
      ['audits'],
      'REF_UNKNOWN',
      `An audit of ${raw.id} reads ${other.ref}, which is no input of the node.`,
      'Add it to the inputs, or write a rule over both.',
    );
  }
}
