import type { Check, Json, Severity } from '@seeknal/manifest';

import { durationMs } from './durations.ts';
import type { RawNode } from './raw-node.ts';
import type { YamlPath } from './yaml-tree.ts';

interface Audit {
  readonly type: 'not_null' | 'unique' | 'accepted_values' | 'row_count' | 'custom_sql';
  readonly column?: string;
  readonly columns?: readonly string[];
  readonly values?: readonly Json[];
  readonly min?: number;
  readonly max?: number;
  readonly sql?: string;
  readonly severity?: Severity;
  readonly message?: string;
  readonly error_message?: string;
}

/** The `audits` of a node. */
export function auditsOf(node: RawNode): readonly Check[] {
  const audits = (node.config['audits'] ?? []) as unknown as readonly Audit[];
  return audits.flatMap((audit, i) => auditOf(node, audit, ['audits', i]));
}

function auditOf(node: RawNode, audit: Audit, path: YamlPath): readonly Check[] {
  const common = {
    severity: audit.severity ?? 'error',
    message: audit.message ?? audit.error_message ?? null,
    place: node.placeOf([...path, 'type']),
  } as const;
  const columns = (): readonly string[] | null => columnsOf(node, audit, path, `The audit ${audit.type}`);
  switch (audit.type) {
    case 'not_null':
    case 'unique': {
      const named = columns();
      return named === null ? [] : [{ ...common, type: audit.type, columns: named }];
    }
    case 'accepted_values': {
      const named = columns();
      if (audit.values === undefined) return missing(node, path, 'values', 'The audit accepted_values');
      return named === null
        ? []
        : [{ ...common, type: 'accepted_values', columns: named, values: audit.values }];
    }
    case 'row_count': {
      const { min = null, max = null } = audit;
      if (min === null && max === null) return missing(node, path, 'min', 'The audit row_count');
      if (min !== null && max !== null && min > max) {
        node.report(
          [...path, 'min'],
          'VALUE_INVALID',
          `No count is at least ${min} and at most ${max}.`,
          'Swap min and max.',
        );
        return [];
      }
      return [{ ...common, type: 'row_count', min, max }];
    }
    case 'custom_sql':
      if (audit.sql === undefined) return missing(node, path, 'sql', 'The audit custom_sql');
      return [{ ...common, type: 'sql', sql: node.sqlAt([...path, 'sql'], audit.sql) }];
  }
}

interface Rule {
  readonly type:
    | 'null'
    | null
    | 'range'
    | 'uniqueness'
    | 'freshness'
    | 'sql_assertion'
    | 'profile_check'
    | 'custom';
  readonly column?: string;
  readonly columns?: readonly string[];
  readonly sql?: string;
  readonly params?: RuleParams;
}

interface RuleParams {
  readonly min_val?: Json;
  readonly max_val?: Json;
  readonly max_age?: string | number;
  readonly severity?: Severity;
  readonly error_message?: string;
}

/** The checks of a rule node, or the type that this version cannot check. */
export function ruleChecks(
  node: RawNode,
): { readonly checks: readonly Check[] } | { readonly unsupported: string; readonly path: YamlPath } {
  const { rule } = node.config;
  const rules = (Array.isArray(rule) ? rule : [rule]) as readonly Rule[];
  const pathOf = (i: number): YamlPath => (Array.isArray(rule) ? ['rule', i] : ['rule']);
  const at = rules.findIndex(({ type }) => type === 'profile_check' || type === 'custom');
  if (at >= 0) return { unsupported: rules[at]?.type ?? '', path: [...pathOf(at), 'type'] };
  return { checks: rules.flatMap((each, i) => ruleOf(node, each, pathOf(i))) };
}

function ruleOf(node: RawNode, rule: Rule, path: YamlPath): readonly Check[] {
  const outer = (node.config['params'] ?? {}) as RuleParams;
  const params: RuleParams = { ...outer, ...rule.params };
  const common = {
    severity: params.severity ?? 'error',
    message: params.error_message ?? null,
    place: node.placeOf([...path, 'type']),
  } as const;
  const what = `The rule ${rule.type ?? 'null'}`;
  const columns = columnsOf(node, rule, path, what, rule.type !== 'sql_assertion');
  switch (rule.type) {
    case 'null':
    case null:
      return columns === null ? [] : [{ ...common, type: 'not_null', columns }];
    case 'uniqueness':
      return columns === null ? [] : [{ ...common, type: 'unique', columns }];
    case 'range': {
      const { min_val: min = null, max_val: max = null } = params;
      if (min === null && max === null) return missing(node, path, 'params.min_val', what);
      return (columns ?? []).map((column) => ({ ...common, type: 'range', column, min, max }));
    }
    case 'freshness': {
      if (params.max_age === undefined) return missing(node, path, 'params.max_age', what);
      const maxAgeMs = durationAt(node, params.max_age, [...path, 'params', 'max_age']);
      return maxAgeMs === null
        ? []
        : (columns ?? []).map((column) => ({ ...common, type: 'freshness', column, maxAgeMs }));
    }
    case 'sql_assertion':
      if (rule.sql === undefined) return missing(node, path, 'sql', what);
      return [{ ...common, type: 'sql', sql: node.sqlAt([...path, 'sql'], rule.sql) }];
    default:
      return [];
  }
}

/** Milliseconds of a duration; a problem and null when it is none, as a number without a unit. */
export function durationAt(node: RawNode, value: string | number, path: YamlPath): number | null {
  const ms = durationMs(String(value));
  if (ms === null)
    node.report(
      path,
      'VALUE_INVALID',
      `Not a duration: ${JSON.stringify(value)}.`,
      'Write 90s, 30m, 24h or 7d.',
    );
  return ms;
}

function columnsOf(
  node: RawNode,
  { column, columns }: Pick<Audit, 'column' | 'columns'>,
  path: YamlPath,
  what: string,
  isNeeded = true,
): readonly string[] | null {
  const named = [...(column === undefined ? [] : [column]), ...(columns ?? [])];
  if (named.length > 0) return named;
  if (isNeeded) missing(node, path, 'columns', what);
  return null;
}

function missing(node: RawNode, path: YamlPath, key: string, what: string): [] {
  node.report(path, 'KEY_MISSING', `${what} needs "${key}".`, `Add it: ${key}: …`);
  return [];
}
