import { EngineError, type EngineErrorOptions } from '@seeknal/engine';

/** What DuckDB says about a failure, with `errors_as_json` on. */
export interface Failure {
  /** `Binder`, `Catalog`, `IO` and so on. */
  readonly type: string;
  readonly text: string;
  /** Offset into the statement, in bytes of UTF-8. */
  readonly position: number | null;
  /** The name that was not found. */
  readonly name: string | null;
  readonly candidates: readonly string[];
}

/** Reads a failure out of anything thrown. Native errors come from another realm: ask for a message, not for a class. */
export function failureOf(thrown: unknown): Failure {
  const message = String((thrown as { readonly message?: unknown } | null)?.message ?? thrown);
  const brace = message.indexOf('{"exception_type"');
  if (brace !== -1) {
    try {
      const json = JSON.parse(message.slice(brace)) as { readonly [key: string]: string };
      return {
        type: json['exception_type'] ?? '',
        text: json['exception_message'] ?? '',
        position: json['position'] === undefined ? null : Number(json['position']),
        name: json['name'] ?? null,
        candidates: json['candidates']?.split(',') ?? [],
      };
    } catch {
      // Not JSON after all: read as plain text below.
    }
  }
  const plain = /^(?:(\w[\w -]*?) Error: )?([^]*)$/.exec(message);
  return { type: plain?.[1] ?? '', text: plain?.[2] ?? message, position: null, name: null, candidates: [] };
}

/** What was being done, to say where a failure belongs. */
export interface FailureContext {
  /** From a byte position in the statement that ran to an offset in the author's SQL; null: not in it. */
  readonly offsetOf?: (position: number) => number | undefined;
  /** Put before the message: `View transform.daily: `. */
  readonly prefix?: string;
  /** Whether the task reads views: a failing conversion then may stand in their text, not in the author's. */
  readonly hasViews?: boolean;
  /** Names that exist only for the task and mean nothing to the author. */
  readonly hiddenNames?: readonly string[];
}

/** Any failure of DuckDB as an `EngineError`; an `EngineError` stays what it is. */
export function engineFailure(thrown: unknown, context: FailureContext = {}): EngineError {
  if ((thrown as { readonly name?: unknown } | null)?.name === 'EngineError') return thrown as EngineError;
  const failure = failureOf(thrown);
  const isElsewhere =
    failure.position === null || (context.hasViews === true && failure.type === 'Conversion');
  const offset = isElsewhere ? undefined : context.offsetOf?.(failure.position);
  const hiddenNames = context.hiddenNames ?? [];
  const message = `${context.prefix ?? ''}${readable(failure, hiddenNames)}`;
  const options: EngineErrorOptions = { cause: thrown, ...(offset === undefined ? {} : { offset }) };
  return classified(failure, message, hiddenNames, options);
}

function classified(
  failure: Failure,
  message: string,
  hiddenNames: readonly string[],
  options: EngineErrorOptions,
): EngineError {
  const { type, text } = failure;
  if (type === 'INTERRUPT' || type === 'Interrupt' || text.startsWith('Interrupted')) {
    return new EngineError('ENGINE_CANCELLED', 'The query was interrupted.', options);
  }
  const isOfSystem = /^(?:|IO|TransactionContext|Out of Memory|FATAL|INTERNAL)$/.test(type);
  if (
    isOfSystem &&
    /No space left on device|disk is full|File too large|max_temp_directory_size/i.test(text)
  ) {
    const hint = 'Free some space where the warehouse is, then run again: nothing was published.';
    return new EngineError('ENGINE_DISK_FULL', message, { ...options, hint });
  }
  if (type === 'Out of Memory') {
    const hint = 'Raise the memory limit, lower the number of workers, or make the batches smaller.';
    return new EngineError('ENGINE_OUT_OF_MEMORY', message, { ...options, hint });
  }
  if (type === 'FATAL' || /database has been invalidated/.test(text)) {
    const hint = 'Run again. If it stays so, put back a copy of the warehouse.';
    return new EngineError('ENGINE_WAREHOUSE_DAMAGED', message, { ...options, hint });
  }
  if (/conflict/i.test(text) && /^(?:TransactionContext|Transaction|Constraint|Catalog)$/.test(type)) {
    return new EngineError('ENGINE_CONFLICT', message, { ...options, retryable: true });
  }
  if (type === 'IO' && /No files found|No such file/i.test(text)) {
    const hint = 'Check the path of the source: is the file there, and spelt like this?';
    return new EngineError('ENGINE_INPUT_MISSING', message, { ...options, hint });
  }
  if (/Read-only file system|Permission denied|read-only mode!/i.test(text) && type === 'IO') {
    const hint = 'Check who may write there.';
    return new EngineError('ENGINE_UNWRITABLE', message, { ...options, hint });
  }
  if (type === 'TransactionContext' && /read-only/.test(text)) {
    return new EngineError('ENGINE_READ_ONLY', 'A query may only read.', options);
  }
  if (type === 'Catalog' && text.startsWith('Table with name')) {
    return new EngineError('ENGINE_INPUT_MISSING', message, {
      ...options,
      hint: candidateHint(failure, hiddenNames, 'Declare it among the inputs of the node.'),
    });
  }
  const hint = candidateHint(failure, hiddenNames, undefined);
  return new EngineError('ENGINE_SQL', message, hint === undefined ? options : { ...options, hint });
}

function candidateHint<T extends string | undefined>(
  failure: Failure,
  hiddenNames: readonly string[],
  otherwise: T,
): string | T {
  const names = failure.candidates
    .map((name) => withoutNames(name.trim(), hiddenNames))
    .filter((name) => name !== '' && !name.startsWith('pg_'));
  return names.length === 0 ? otherwise : `Did you mean ${names.slice(0, 5).join(', ')}?`;
}

/** The first sentence of DuckDB's message, and of a malformed file the line that says where. */
function readable({ text }: Failure, hiddenNames: readonly string[]): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isCandidate = (line: string): boolean => /^(?:Candidate|Did you mean|LINE )/.test(line);
  const file = /^CSV Error|^Error when|Malformed JSON|Invalid Input/.test(lines[0] ?? '');
  const kept = lines.filter((line) => !isCandidate(line));
  return withoutNames(file ? csvMessage(kept) : (kept[0] ?? text), hiddenNames);
}

const withoutNames = (text: string, names: readonly string[]): string =>
  names.reduce((left, name) => left.replaceAll(`"${name}".`, '').replaceAll(`${name}.`, ''), text);

/** `CSV Error on Line: 3 · Original Line: x,y · Error when converting … · file = …` on one line. */
function csvMessage(lines: readonly string[]): string {
  const wanted = lines.filter((line) =>
    /^(?:CSV Error|Original Line|Error when|Malformed|Invalid|Expected|Column .* is being|file ?=)/.test(
      line,
    ),
  );
  return [...new Set(wanted.length === 0 ? lines.slice(0, 1) : wanted)].join(' · ');
}

/** From an offset in bytes of UTF-8 to one in UTF-16 units. O(n). */
export function utf16Offset(text: string, bytes: number): number {
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}
