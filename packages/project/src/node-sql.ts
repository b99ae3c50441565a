import type { JsonObject, NodeInput, SqlText } from '@seeknal/manifest';
import {
  canonicalSql,
  findReferences,
  provesIntervalRead,
  splitStatements,
  usesFileDirectly,
  volatileCalls,
  type Reference,
  type SqlError,
} from '@seeknal/sql-ast/text';

import { refHint, type DeclaredInput } from './node-inputs.ts';
import type { NodeContext } from './parsed-node.ts';
import { problemAt, type ProblemCode } from './problem.ts';
import type { RawNode } from './raw-node.ts';
import { renderIn, renderWithRefs, type RenderedSql } from './render-sql.ts';
import { INTERVAL_MARKERS, runScope, symbolicScope } from './scopes.ts';
import { templatePlace } from './template-place.ts';
import { plainForm } from './template-forms.ts';
import { scanTemplate } from './template-scan.ts';
import { rendered } from './value-templates.ts';

/** What the SQL of a node turned out to be. */
export interface NodeSql {
  readonly text: SqlText;
  /** Values for its names: the node's params, those from outside, the snippets it mentions. */
  readonly params: JsonObject;
  /** The declared inputs and, behind them, what the SQL mentions besides. */
  readonly inputs: readonly DeclaredInput[];
  readonly statements: number;
  readonly usesInterval: boolean;
  /** Functions that may give other values each time. */
  readonly volatile: readonly string[];
  /** Canonical text with the run's values symbolic and, where that does not show all of it, the template. */
  readonly definition: JsonObject;
  readonly provesInterval: (
    input: DeclaredInput,
    timeColumn: string,
    wholeDays: boolean,
    isUtc: boolean,
  ) => boolean;
}

export interface SqlSetting {
  readonly isScheduled: boolean;
  readonly timeZone: string;
  readonly params: JsonObject;
  readonly declared: readonly DeclaredInput[];
  /** Whether `__THIS__` means the node's own rows, as in checks, rather than its single input. */
  readonly thisIsOwn: boolean;
}

/** A day to render with when only the shape of the result matters. */
const SAMPLE = { start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 2) };

/** Renders and reads the SQL of a node. Null when it cannot be read, which then is among the findings. */
export function nodeSql(
  raw: RawNode,
  text: SqlText,
  setting: SqlSetting,
  context: NodeContext,
): NodeSql | null {
  const { isScheduled, timeZone } = setting;
  const { settings, environment } = context;
  const params = paramsOf(text.template, setting.params, context);
  const asInputs = setting.declared as readonly NodeInput[];
  const run = runScope(
    {
      interval: isScheduled ? SAMPLE : null,
      timeZone,
      params,
      now: 0,
      runId: 'run',
      inputs: asInputs,
      project: settings.name,
      folder: settings.folder,
    },
    environment.get,
  );
  // Values that the template does not mention are not among the params, and may be what it meant.
  const others = [...Object.keys(context.snippets), ...Object.keys(context.params)];
  const sample = rendered(raw, () => renderWithRefs(text, { ...run, others }));
  if (sample === null) return null;
  const report = (
    at: Reference | { readonly start: number },
    from: RenderedSql['placeOf'],
    code: ProblemCode,
    message: string,
    hint: string,
  ): void => {
    raw.problems.push(problemAt(raw.file.source, from(at.start), code, message, hint));
  };

  const { segments } = scanTemplate(text.template);
  const isPlain = segments.every(({ kind }, i) => {
    const segment = segments[i];
    return (
      kind === 'text' ||
      kind === 'comment' ||
      (segment?.kind === 'output' && plainForm(segment.code) !== null)
    );
  });
  let references: readonly Reference[];
  let statements: number;
  let volatile: readonly string[];
  try {
    references = findReferences(sample.sql, (id) => context.ids.find(id) !== undefined);
    statements = splitStatements(sample.sql).length;
    volatile = volatileCalls(sample.sql);
    for (const { path, start } of usesFileDirectly(sample.sql)) {
      report(
        { start },
        sample.placeOf,
        'SQL_INVALID',
        `The SQL reads ${path === null ? 'a file' : `the file "${path}"`} by itself, so that nobody would see it change.`,
        'Declare a source for the file and read that.',
      );
    }
  } catch (error) {
    if (!isSqlError(error)) throw error;
    report({ start: error.offset }, sample.placeOf, 'SQL_INVALID', error.message, error.hint);
    return null;
  }
  if (statements === 0) {
    raw.problems.push(
      problemAt(raw.file.source, text.place, 'SQL_INVALID', 'There is no SQL here.', 'Write a SELECT.'),
    );
    return null;
  }

  const inputs = [...setting.declared];
  const use = (reference: Reference, from: RenderedSql['placeOf']): void => {
    if (reference.kind === 'place') {
      if (inputs.some(({ place }) => place === reference.place)) return;
      const last = inputs.length - 1;
      const hint = last < 0 ? 'Declare it under inputs.' : `The last one is input_${last}.`;
      report(reference, from, 'REF_UNKNOWN', `${raw.id} has no input "${reference.place}".`, hint);
    } else if (reference.kind !== 'this') {
      const found = context.ids.find(reference.id);
      if (found === raw.id)
        report(
          reference,
          from,
          'REF_SELF',
          `${raw.id} reads itself.`,
          'A node that reads its own rows is not supported yet.',
        );
      else if (found === undefined)
        report(
          reference,
          from,
          'REF_UNKNOWN',
          `There is no node "${reference.id}".`,
          refHint(reference.id, context.ids.all),
        );
      else if (!inputs.some(({ ref }) => ref === found))
        inputs.push({ ref: found, place: `input_${inputs.length}`, reads: null });
    }
  };
  // Named ones first, so that input_1 may stand for what the SQL names further down.
  for (const kind of ['ref', 'direct', 'place'] as const) {
    for (const reference of references) if (reference.kind === kind) use(reference, sample.placeOf);
  }
  if (!isPlain)
    for (const reference of hiddenReferences(text.template, context))
      use(reference, (at) => templatePlace(text, at));
  const self = references.find(({ kind }) => kind === 'this');
  if (self !== undefined && !setting.thisIsOwn && inputs.length !== 1) {
    report(
      self,
      sample.placeOf,
      'REF_SELF',
      `__THIS__ stands for the single input; ${raw.id} has ${inputs.length}.`,
      'Name the input: input_0, or kind.name.',
    );
  }

  const asked = new Map<string, string>();
  const symbols = symbolicScope({
    isScheduled,
    params,
    inputs: inputs as readonly NodeInput[],
    project: settings.name,
    env: environment.get,
  });
  const recording = { ...symbols, env: (name: string) => note(asked, name, symbols.env(name)) };
  const canonical = symbolicText(text, recording);
  const symbolic = canonical ?? '';
  const control = isPlain ? {} : { template: text.template, params, env: Object.fromEntries(asked) };
  const tags = segments.map((segment) => (segment.kind === 'text' ? '' : segment.code)).join('\n');
  return {
    text,
    params,
    inputs,
    statements,
    volatile,
    usesInterval:
      Object.values(INTERVAL_MARKERS).some((marker) => symbolic.includes(marker)) ||
      (!isPlain && /\b(?:start|end)(?:_date|_ts)?\b/.test(tags)),
    definition: { sql: canonical, ...control },
    provesInterval: (input, timeColumn, wholeDays, isUtc) => {
      if (!isPlain || canonical === null) return false;
      const { start, end, start_date, end_date, start_ts, end_ts } = INTERVAL_MARKERS;
      // Dates are those of the zone, and cut parts of days off: only where both agree with UTC are they exact.
      const [exactStart, exactEnd] = [isUtc ? [start] : [], isUtc ? [end] : []];
      return provesIntervalRead(canonical, {
        places: [input.ref, input.place, ...(inputs.length === 1 && !setting.thisIsOwn ? ['__THIS__'] : [])],
        timeColumn,
        startMarkers: [start_ts, ...exactStart, ...(wholeDays ? [start_date] : [])],
        endMarkers: [end_ts, ...exactEnd, ...(wholeDays ? [end_date] : [])],
        wholeDays,
      });
    },
  };
}

/** The canonical text of a template; null when its control flow cannot follow symbols. */
function symbolicText(text: SqlText, scope: Parameters<typeof renderIn>[1]): string | null {
  try {
    return canonicalSql(renderIn(text, scope).sql);
  } catch (error) {
    if ((error as { code?: string }).code === 'TEMPLATE_INVALID' || isSqlError(error)) return null;
    throw error;
  }
}

/** What a template mentions in any of its branches. */
function hiddenReferences(template: string, context: NodeContext): readonly Reference[] {
  const { segments } = scanTemplate(template);
  let text = '';
  const found: Reference[] = [];
  for (const segment of segments) {
    const form = segment.kind === 'output' ? plainForm(segment.code) : null;
    if (form?.kind === 'ref') found.push({ kind: 'ref', id: form.ref, start: segment.at, end: segment.end });
    text +=
      segment.kind === 'text'
        ? template.slice(segment.at, segment.end)
        : ' '.repeat(segment.end - segment.at);
  }
  try {
    const named = findReferences(text, (id) => context.ids.find(id) !== undefined);
    return [...found, ...named.filter(({ kind }) => kind === 'ref' || kind === 'direct')];
  } catch (error) {
    if (!isSqlError(error)) throw error;
    return found;
  }
}

/** The values a template may use: the node's own, those from outside over them, and snippets it mentions. */
function paramsOf(template: string, own: JsonObject, context: NodeContext): JsonObject {
  const outside = { ...context.snippets, ...context.params };
  const result: JsonObject = { ...own };
  let text = template + JSON.stringify(own);
  const params = { ...result } as Record<string, JsonObject[string]>;
  // Snippets may mention snippets; each round adds at least one, or ends.
  for (let added = true; added;) {
    added = false;
    for (const [name, value] of Object.entries(outside)) {
      const isMeant =
        text.includes(name) || (Object.hasOwn(context.params, name) && Object.hasOwn(own, name));
      if (!isMeant || params[name] === value) continue;
      params[name] = value;
      text += JSON.stringify(value);
      added = true;
    }
  }
  return params;
}

function note(into: Map<string, string>, name: string, value: string | undefined): string | undefined {
  into.set(name, value ?? '');
  return value;
}

const isSqlError = (error: unknown): error is SqlError =>
  typeof error === 'object' &&
  error !== null &&
  String((error as { code?: unknown }).code).startsWith('SQL_');
