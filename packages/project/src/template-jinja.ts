import { createRequire } from 'node:module';

import type { Json } from '@seeknal/manifest';
import type { Environment } from 'minijinja-js';

import type { PlainForm } from './template-forms.ts';
import type { Segment } from './template-scan.ts';
import { unknownNameHint, type Fail, type Piece, type Scope } from './template-scope.ts';

/** Steps of the engine, and characters of its output, after which a template counts as running away. */
const FUEL = 200_000;
const LONGEST = 1_000_000;

/**
 * Renders through minijinja: strict about undefined names, no access to the host, bounded in steps. The
 * places of the result come from a second rendering in which every stretch of text begins with a mark; where
 * marks would have changed the result, everything is placed at the start of the template.
 */
export function renderJinja(
  template: string,
  segments: readonly Segment[],
  forms: readonly (PlainForm | null)[],
  scope: Scope,
  evaluate: (form: PlainForm, at: number) => string,
  fail: Fail,
): readonly Piece[] {
  const context: Record<string, unknown> = contextOf(template, scope, (name) =>
    evaluate({ kind: 'name', name }, 0),
  );
  const parts = (marks: boolean): string[] =>
    segments.map(({ kind, at, end }, i) => {
      const form = forms[i];
      const written = template.slice(at, end);
      if (kind === 'text') return marks ? written.replace(/^(\s*)(?=\S)/, `$1\uE000${i}\uE001`) : written;
      // Only names may be shadowed by a loop or a set; the other plain forms are no Jinja and stand for text.
      if (!form || form.kind === 'name') return written;
      context[`_value_${i}`] = evaluate(form, at);
      const [opening, closing] = [
        template[at + 2] === '-' ? '{{-' : '{{',
        template[end - 3] === '-' ? '-}}' : '}}',
      ];
      return `${opening} _value_${i} ${closing}`;
    });
  const written = parts(false);
  const templateOffset = (offset: number): number => {
    let before = 0;
    const i = written.findIndex((part) => offset < (before += part.length));
    const segment = segments[i < 0 ? segments.length - 1 : i] as Segment;
    const into = offset - before + (written[i]?.length ?? 0);
    return Math.min(segment.at + into, segment.end - 1);
  };
  const source = written.join('');
  const result = run(source, context, scope, (at, ...rest) => fail(templateOffset(at), ...rest));
  if (template.includes('\uE000')) return [{ text: result, at: 0, isCopy: false }];
  const pieces = unmarked(run(parts(true).join(''), context, scope, fail), template, segments);
  const isSame = pieces.map(({ text }) => text).join('') === result;
  return isSame ? pieces : [{ text: result, at: 0, isCopy: false }];
}

/** Cuts a rendering at its marks: after each comes a copy of its text segment, then what tags put there. */
function unmarked(marked: string, template: string, segments: readonly Segment[]): Piece[] {
  const pieces: Piece[] = [];
  const parts = marked.split(/\uE000(\d+)\uE001/);
  if (parts[0] !== '') pieces.push({ text: parts[0] as string, at: 0, isCopy: false });
  for (let i = 1; i < parts.length; i += 2) {
    const segment = segments[Number(parts[i])] as Segment;
    const text = parts[i + 1] as string;
    const written = template.slice(segment.at, segment.end);
    const leading = written.length - written.trimStart().length;
    let copied = 0;
    while (copied < text.length && text[copied] === written[leading + copied]) copied += 1;
    pieces.push({ text: text.slice(0, copied), at: segment.at + leading, isCopy: true });
    if (copied < text.length) pieces.push({ text: text.slice(copied), at: segment.end, isCopy: false });
  }
  return pieces;
}

/**
 * The names of a scope as nested objects: `rules.active` is `active` in `rules`. Values that hold a template
 * themselves are rendered where the template mentions them.
 */
function contextOf(
  template: string,
  scope: Scope,
  evaluate: (name: string) => string,
): Record<string, unknown> {
  const context: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of scope.names) {
    const steps = name.split('.');
    let into = context;
    for (const step of steps.slice(0, -1)) {
      const next = into[step];
      into = (typeof next === 'object' && next !== null ? next : (into[step] = {})) as Record<
        string,
        unknown
      >;
    }
    const value = scope.value(name) as Json;
    const holdsTemplate = typeof value === 'string' && value.includes('{{') && template.includes(name);
    into[steps.at(-1) as string] ??= holdsTemplate ? evaluate(name) : value;
  }
  return context;
}

let engine: Environment | undefined;

function run(source: string, context: Record<string, unknown>, scope: Scope, fail: Fail): string {
  engine ??= newEngine();
  // A function that throws would leave the engine unusable: this one cannot.
  engine.addGlobal('ref', (ref: unknown) => scope.ref(String(ref)));
  engine.fuel = FUEL;
  let result: string;
  try {
    result = engine.renderStr(source, context);
  } catch (error) {
    const { message, name } = error as Error;
    if (name === 'RuntimeError') {
      engine = undefined;
      return fail(
        0,
        'TEMPLATE_INVALID',
        'This template takes more memory than there is.',
        'Repeat less in it.',
      );
    }
    return failWith(source, message, scope, fail);
  }
  return result.length > LONGEST
    ? fail(
        0,
        'TEMPLATE_INVALID',
        `This template renders to ${result.length} characters.`,
        'Keep it under a million.',
      )
    : result;
}

function newEngine(): Environment {
  const require = createRequire(import.meta.url);
  const path = require.resolve('minijinja-js');
  // After a panic the module's memory cannot be trusted, so each engine has its own.
  Reflect.deleteProperty(require.cache, path);
  const module = require(path) as typeof import('minijinja-js');
  const made = new module.Environment();
  made.undefinedBehavior = 'strict';
  made.keepTrailingNewline = true;
  made.debug = true;
  made.removeGlobal('debug');
  return made;
}

/** Reads line and column from the engine's message, whose last lines show the source with a caret. */
function failWith(source: string, message: string, scope: Scope, fail: Fail): never {
  const [first = ''] = message.split('\n');
  const line = /\(in <string>:(\d+)\)/.exec(first)?.[1];
  const caret = /^ {5}i ( *)\^+/m.exec(message)?.[1];
  const lineStart = source
    .split('\n')
    .slice(0, Number(line ?? 1) - 1)
    .join('\n').length;
  const at = lineStart + (line === '1' || line === undefined ? 0 : 1) + (caret?.length ?? 0);
  const what = first.replace(/ \(in <string>:\d+\)$/, '');
  const name = /^[\w.]+/.exec(source.slice(at))?.[0];
  if (what === 'undefined value' && name !== undefined) {
    fail(at, 'TEMPLATE_UNKNOWN_NAME', `Nothing is called "${name}" here.`, unknownNameHint(name, scope));
  }
  return fail(at, 'TEMPLATE_INVALID', `The template cannot be rendered: ${what}.`);
}
