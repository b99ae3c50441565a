import type { JsonObject, NodeSpec } from '@seeknal/manifest';

import { INTERVAL_NAMES } from './interval-values.ts';
import type { RawNode } from './raw-node.ts';
import { plainForm } from './template-forms.ts';
import { scanTemplate } from './template-scan.ts';

/**
 * The YAML of a node as the Python manifest holds it: kind and name first, SQL under `transform` with its
 * params put in. What only a run or the environment knows stays as the author wrote it.
 */
export function writtenConfig(raw: RawNode, spec: NodeSpec): JsonObject {
  const config = { kind: raw.kind, name: raw.name, ...raw.config };
  if (spec.kind !== 'transform' || raw.kind !== 'transform') return config;
  const { sql: _sql, ...rest } = config as JsonObject;
  return { ...rest, transform: writtenSql(spec.sql.template, spec.params, spec.timing !== null) };
}

function writtenSql(template: string, params: JsonObject, isScheduled: boolean): string {
  const { segments, isFlat } = scanTemplate(template);
  if (!isFlat) return template;
  return segments
    .map((segment) => {
      const written = template.slice(segment.at, segment.end);
      const form = segment.kind === 'output' ? plainForm(segment.code) : null;
      if (form?.kind !== 'name' || (isScheduled && INTERVAL_NAMES.has(form.name))) return written;
      const value = Object.hasOwn(params, form.name) ? params[form.name] : undefined;
      const isText = typeof value === 'string' && !value.includes('{{');
      return isText || typeof value === 'number' || typeof value === 'boolean' ? String(value) : written;
    })
    .join('');
}
