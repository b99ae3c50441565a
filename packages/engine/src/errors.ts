import type { CheckResult } from './engine.ts';

/** Stable across minor versions: match on the code, never on the message. */
export type EngineErrorCode =
  | 'ENGINE_WAREHOUSE_HELD'
  | 'ENGINE_WAREHOUSE_DAMAGED'
  | 'ENGINE_WAREHOUSE_TOO_NEW'
  | 'ENGINE_UNWRITABLE'
  | 'ENGINE_DISK_FULL'
  | 'ENGINE_OUT_OF_MEMORY'
  | 'ENGINE_SQL'
  | 'ENGINE_READ_ONLY'
  | 'ENGINE_INPUT_MISSING'
  | 'ENGINE_SCHEMA_CHANGED'
  | 'ENGINE_OUT_OF_RANGE'
  | 'ENGINE_TIME_COLUMN'
  | 'ENGINE_DUPLICATE_KEYS'
  | 'ENGINE_CHECK_FAILED'
  | 'ENGINE_FENCED'
  | 'ENGINE_SWITCH_REFUSED'
  | 'ENGINE_CONFLICT'
  | 'ENGINE_CANCELLED'
  | 'ENGINE_CLOSED';

export interface EngineErrorOptions extends ErrorOptions {
  readonly hint?: string;
  /** Offset into the work's SQL where the engine points; for `ENGINE_SQL`. */
  readonly offset?: number;
  /** The checks that failed; for `ENGINE_CHECK_FAILED`. */
  readonly checks?: readonly CheckResult[];
  /** Whether the same work may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
}

/** The only error the engine packages throw on purpose. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  /** One sentence on what to do next. */
  readonly hint: string | undefined;
  readonly offset: number | undefined;
  readonly checks: readonly CheckResult[];
  readonly retryable: boolean;

  constructor(code: EngineErrorCode, message: string, options: EngineErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
    this.offset = options.offset;
    this.checks = options.checks ?? [];
    this.retryable = options.retryable ?? false;
  }
}
