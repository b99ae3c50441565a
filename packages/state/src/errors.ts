/** Stable across minor versions: match on the code, never on the message. */
export type StateErrorCode =
  | 'STATE_LOCK_HELD'
  | 'STATE_LOCK_LOST'
  | 'STATE_CLAIM_LOST'
  | 'STATE_ENVIRONMENT_MOVED'
  | 'STATE_ENVIRONMENT_EXISTS'
  | 'STATE_ENVIRONMENT_UNKNOWN'
  | 'STATE_TRANSACTION_CONFLICT'
  | 'STATE_RUN_EXISTS'
  | 'STATE_RUN_UNKNOWN'
  | 'STATE_SNAPSHOT_UNKNOWN'
  | 'STATE_SNAPSHOT_DROPPING'
  | 'STATE_DAMAGED'
  | 'STATE_TOO_NEW'
  | 'STATE_UNWRITABLE'
  | 'STATE_UNREACHABLE'
  | 'STATE_INVALID_ARGUMENT'
  | 'STATE_BACKEND_UNKNOWN'
  | 'STATE_BACKEND_MISSING';

/** The only error the state packages throw on purpose. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: StateErrorCode;
  /** One sentence on what to do next. */
  readonly hint: string | undefined;

  constructor(code: StateErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
