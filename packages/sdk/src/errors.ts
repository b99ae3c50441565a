/** Stable across minor versions: match on the code, never on the message. */
export type SdkErrorCode = 'SDK_BLOCKED' | 'SDK_CLOSED';

/** The only error this package throws on purpose; those of the packages below pass through as they are. */
export class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly code: SdkErrorCode;
  readonly hint: string | undefined;

  constructor(code: SdkErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
