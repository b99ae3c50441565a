/** A stretch of a template. `at` and `end` are offsets into it. */
export type Segment =
  | { readonly kind: 'text'; readonly at: number; readonly end: number }
  | {
      readonly kind: 'output' | 'control' | 'comment';
      readonly at: number;
      readonly end: number;
      readonly code: string;
    };

export interface ScannedTemplate {
  readonly segments: readonly Segment[];
  /** Offset of a tag that is never closed, if there is one. */
  readonly unclosedAt: number | null;
  /** Whether it has nothing but text, comments and `{{ … }}`. */
  readonly isFlat: boolean;
}

const KINDS = { '{{': 'output', '{%': 'control', '{#': 'comment' } as const;
const CLOSINGS = { '{{': '}}', '{%': '%}', '{#': '#}' } as const;

/** Splits a template into text and tags, as the template engine's own lexer does. O(length). */
export function scanTemplate(template: string): ScannedTemplate {
  const segments: Segment[] = [];
  let at = 0;
  let isFlat = true;
  const text = (end: number): void => {
    if (end > at) segments.push({ kind: 'text', at, end });
  };
  for (const match of template.matchAll(/\{[{%#]/g)) {
    if (match.index < at) continue;
    const opening = match[0] as keyof typeof KINDS;
    const inner = closingOf(template, match.index + 2, CLOSINGS[opening]);
    if (inner === null) return { segments, unclosedAt: match.index, isFlat: false };
    const code = template
      .slice(match.index + 2, inner)
      .replace(/^[-+]/, '')
      .replace(/[-+]$/, '')
      .trim();
    text(match.index);
    at = inner + 2;
    segments.push({ kind: KINDS[opening], at: match.index, end: at, code });
    if (opening === '{%') isFlat = false;
    if (opening === '{%' && code === 'raw') {
      const end = template.slice(at).search(/\{%[-+]?\s*endraw\s*[-+]?%\}/);
      if (end < 0) return { segments, unclosedAt: match.index, isFlat };
      text(at + end);
      at += end;
    }
  }
  text(template.length);
  return { segments, unclosedAt: null, isFlat };
}

/** Where a tag's closing begins; quoted text inside an expression may hold the same characters. */
function closingOf(template: string, from: number, closing: string): number | null {
  if (closing === '#}') {
    const end = template.indexOf(closing, from);
    return end < 0 ? null : end;
  }
  const token = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\}\}|%\}/gs;
  token.lastIndex = from;
  // Braces of a map literal may stand before the closing ones: {{ {'a': {}} }}.
  for (let match = token.exec(template); match !== null; match = token.exec(template)) {
    if (match[0] === closing) return match.index;
  }
  return null;
}
