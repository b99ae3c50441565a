import { isAbsolute, posix } from 'node:path';

import {
  ENVIRONMENTS_FOLDER,
  nearest,
  type ExposureSpec,
  type Json,
  type JsonObject,
} from '@seeknal/manifest';

import { definitionOf } from './definition.ts';
import { declaredInputs } from './node-inputs.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { NODES_FOLDER, PROFILES_FILE, PROJECT_FILE } from './project-files.ts';
import type { RawNode } from './raw-node.ts';
import { runsLater, valueWithTemplates } from './value-templates.ts';

const FORMATS: readonly ExposureSpec['format'][] = ['csv', 'parquet', 'json', 'jsonl'];
const ELSEWHERE = ['api', 'database', 'notification', 'starrocks_materialized_view', 'report'];
const PARAMS = ['path', 'format'];

/** An exposure: rows of its input as a file inside the project. */
export function parseExposure(raw: RawNode, context: NodeContext): ParsedNode | null {
  const type = raw.config['type'] as string;
  if (ELSEWHERE.includes(type)) return unsupportedNode(raw, context, `An exposure of type ${type}`, ['type']);
  if (type !== 'file') {
    const near = nearest(type, ['file', ...ELSEWHERE]);
    raw.report(
      ['type'],
      'VALUE_INVALID',
      `Unknown type of exposure "${type}".`,
      near === null ? 'What runs is: file.' : `Did you mean "${near}"?`,
    );
    return null;
  }
  const params = (raw.config['params'] ?? {}) as JsonObject;
  for (const key of Object.keys(params)) {
    if (PARAMS.includes(key)) continue;
    const near = nearest(key, PARAMS);
    raw.report(
      ['params', key],
      'KEY_UNKNOWN',
      `A file exposure has no param "${key}".`,
      near === null ? 'It has path and format.' : `Did you mean "${near}"?`,
    );
  }
  const path = pathOf(raw, params['path'], context);
  if (path === null) return null;
  const extension = posix.extname(path).slice(1);
  const format = params['format'] ?? (extension === 'ndjson' ? 'jsonl' : extension);
  if (!(FORMATS as readonly Json[]).includes(format)) {
    const at = params['format'] === undefined ? ['params', 'path'] : ['params', 'format'];
    raw.report(
      at,
      'VALUE_INVALID',
      `Unknown format ${JSON.stringify(format)}.`,
      `Write ${FORMATS.join(', ')}.`,
    );
    return null;
  }
  const inputs = declaredInputs(raw, context.ids);
  if (inputs.length !== 1) {
    const isMissing = raw.config['inputs'] === undefined && raw.config['depends_on'] === undefined;
    if (inputs.length > 1 || isMissing)
      raw.report(
        isMissing ? [] : [raw.config['inputs'] === undefined ? 'depends_on' : 'inputs'],
        'VALUE_INVALID',
        `A file holds the rows of one node, and ${raw.id} names ${inputs.length}.`,
        'Name one: inputs: [{ref: transform.orders}]',
      );
    return null;
  }
  const spec = { kind: 'exposure', format: format as ExposureSpec['format'], path } as const;
  return {
    raw,
    inputs,
    timeColumn: null,
    provesInterval: () => false,
    finish: (resolved) => ({
      spec: { ...spec, inputs: resolved },
      definition: definitionOf(raw.config, ['params'], { ...spec, type }, resolved),
    }),
  };
}

/** The path, normalised; null when it leads out of the project or onto one of the project's own files. */
function pathOf(raw: RawNode, written: Json | undefined, context: NodeContext): string | null {
  const value = written === undefined ? null : valueWithTemplates(raw, ['params', 'path'], written, context);
  if (typeof value !== 'string' || value.trim() === '') {
    if (written === undefined || value !== null)
      raw.report(
        written === undefined ? [] : ['params', 'path'],
        'KEY_MISSING',
        `${raw.id} has no path.`,
        'Add it: params: {path: target/exports/orders.csv}',
      );
    return null;
  }
  const fail = (message: string, hint: string): null => {
    raw.report(['params', 'path'], 'PATH_OUTSIDE', message, hint);
    return null;
  };
  if (runsLater(value))
    return fail('The path of an exposure cannot depend on the run.', 'Write it out, or use {{ env:NAME }}.');
  const path = posix.normalize(value.replaceAll('\\', '/'));
  const isOutside =
    isAbsolute(path) ||
    /^[A-Za-z]:/.test(path) ||
    path.startsWith('/') ||
    path === '..' ||
    path.startsWith('../') ||
    path.includes('\0');
  if (isOutside)
    return fail(
      `"${value}" leads out of the project.`,
      'Write below target/, for instance target/exports/orders.csv.',
    );
  const [first = ''] = path.toLowerCase().split('/');
  const isOwn =
    path.toLowerCase().startsWith(`${ENVIRONMENTS_FOLDER}/`) ||
    [PROJECT_FILE, PROFILES_FILE, NODES_FOLDER, '.git', '.env'].includes(first) ||
    path.toLowerCase() === context.settings.warehouse.toLowerCase();
  return isOwn || path.endsWith('/') || path === '.'
    ? fail(
        `"${value}" is not a place for an export.`,
        'Write below target/, for instance target/exports/orders.csv.',
      )
    : path;
}
