import type { SqlText } from '@seeknal/manifest';

import { ProjectError } from './errors.ts';
import { renderJinja } from './template-jinja.ts';
import { plainForm, type PlainForm } from './template-forms.ts';
import { templateProblem } from './template-place.ts';
import { scanTemplate, type Segment } from './template-scan.ts';
import { unknownNameHint, type Fail, type Piece, type Scope } from './template-scope.ts';

/** How deep values may contain templates of their own. */
const DEEPEST = 8;

/**
 * Renders a template. Without control tags and with plain expressions only, which is what nearly every
 * template is, by hand; else by minijinja, which is loaded then.
 *
 * @throws {ProjectError} `TEMPLATE_INVALID`, at the place in the author's file.
 */
export function renderTemplate(sql: SqlText, scope: Scope): readonly Piece[] {
  const fail: Fail = (at, code, message, hint) => {
    throw ProjectError.template(templateProblem(sql, at, code, message, hint));
  };
  return render(sql.template, scope, fail, 0);
}

function render(template: string, scope: Scope, fail: Fail, depth: number): readonly Piece[] {
  const { segments, unclosedAt, isFlat } = scanTemplate(template);
  if (unclosedAt !== null)
    fail(unclosedAt, 'TEMPLATE_INVALID', 'This tag is never closed.', 'Close it with }}, %} or #}.');
  const forms = segments.map((segment) => (segment.kind === 'output' ? plainForm(segment.code) : null));
  const evaluate = (form: PlainForm, at: number): string => textOf(form, at, scope, fail, depth);
  if (!isFlat || segments.some(({ kind }, i) => kind === 'output' && forms[i] === null)) {
    return renderJinja(template, segments, forms, scope, evaluate, fail);
  }
  const pieces: Piece[] = [];
  segments.forEach((segment, i) => {
    const form = forms[i];
    if (form) pieces.push({ text: evaluate(form, segment.at), at: segment.at, isCopy: false });
    else if (segment.kind === 'text') pieces.push(trimmed(template, segments, i));
  });
  return pieces;
}

/** A text segment without the whitespace that a neighbouring `{{-` or `-}}` takes away. */
function trimmed(template: string, segments: readonly Segment[], i: number): Piece {
  const { at, end } = segments[i] as Segment;
  let text = template.slice(at, end);
  const next = segments[i + 1];
  const previous = segments[i - 1];
  if (next !== undefined && template[next.at + 2] === '-') text = text.trimEnd();
  const before = text.length;
  if (previous !== undefined && template[previous.end - 3] === '-') text = text.trimStart();
  return { text, at: at + before - text.length, isCopy: true };
}

function textOf(form: PlainForm, at: number, scope: Scope, fail: Fail, depth: number): string {
  switch (form.kind) {
    case 'ref':
      return scope.ref(form.ref);
    case 'clock':
      return scope.clock(form.call, form.shift);
    case 'env': {
      const value = scope.env(form.name) ?? form.fallback;
      return (
        value ??
        fail(
          at,
          'VARIABLE_MISSING',
          `The environment variable ${form.name} is not set.`,
          `Set it, or give a default: {{ env:${form.name}|default }}.`,
        )
      );
    }
    case 'name': {
      const value = scope.value(form.name);
      if (value === undefined)
        return fail(
          at,
          'TEMPLATE_UNKNOWN_NAME',
          `Nothing is called "${form.name}" here.`,
          unknownNameHint(form.name, scope),
        );
      if (value === null || typeof value === 'object') {
        return fail(
          at,
          'TEMPLATE_INVALID',
          `"${form.name}" is ${value === null ? 'null' : 'no single value'}.`,
          'Give it a value, or spell it out with a filter: {{ x | join(", ") }}.',
        );
      }
      const text = String(value);
      if (typeof value !== 'string' || !text.includes('{{')) return text;
      if (depth === DEEPEST)
        return fail(at, 'TEMPLATE_INVALID', `"${form.name}" refers to itself.`, 'Write its value out.');
      const failHere: Fail = (_at, code, message, hint) =>
        fail(at, code, `In "${form.name}": ${message}`, hint);
      return render(text, scope, failHere, depth + 1)
        .map((piece) => piece.text)
        .join('');
    }
  }
}
