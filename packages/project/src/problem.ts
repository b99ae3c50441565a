import type { Place } from '@seeknal/manifest';

import { frameAt, placeAt, type SourceText } from './source-text.ts';

/** What can be wrong with a file of a project. Stable: match on the code, never on the message. */
export type ProblemCode =
  | 'FILE_TOO_LARGE'
  | 'FILE_UNREADABLE'
  | 'YAML_INVALID'
  | 'YAML_TOO_DEEP'
  | 'YAML_TAB'
  | 'YAML_DUPLICATE_KEY'
  | 'YAML_ALIAS'
  | 'YAML_RESERVED_KEY'
  | 'YAML_SEVERAL_DOCUMENTS'
  | 'YAML_NOT_A_MAPPING'
  | 'YAML_READ_OTHERWISE_BEFORE'
  | 'KEY_UNKNOWN'
  | 'KEY_MISSING'
  | 'VALUE_INVALID'
  | 'KIND_UNKNOWN'
  | 'NAME_INVALID'
  | 'NODE_DUPLICATE'
  | 'NODE_UNSUPPORTED'
  | 'REF_UNKNOWN'
  | 'REF_SELF'
  | 'CYCLE'
  | 'SCHEDULE_INVALID'
  | 'NOT_INCREMENTAL'
  | 'PATH_OUTSIDE'
  | 'SQL_INVALID'
  | 'TEMPLATE_INVALID'
  | 'TEMPLATE_UNKNOWN_NAME'
  | 'VARIABLE_MISSING';

/** One thing wrong at one place of one file. Plain JSON. */
export interface Problem {
  readonly code: ProblemCode;
  /** Names the thing and its value. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  readonly place: Place;
  /** The lines around the place, the place itself under a caret; empty when the file has no text. */
  readonly frame: string;
}

/** A problem at a place, or at an offset, of a text. */
export function problemAt(
  source: SourceText,
  at: Place | number,
  code: ProblemCode,
  message: string,
  hint?: string,
): Problem {
  const place = typeof at === 'number' ? placeAt(source, at) : at;
  return { code, message, ...(hint === undefined ? {} : { hint }), place, frame: frameAt(source, place) };
}

/** Where problems and warnings are put while a project is read, so that all of them are shown at once. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}
