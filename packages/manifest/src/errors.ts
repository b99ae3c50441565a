/** Stable across minor versions: match on the code, never on the message. */
export type ManifestErrorCode = 'SELECTOR_INVALID' | 'SELECTOR_EMPTY' | 'MANIFEST_INVALID';

/** The only error this package throws on purpose. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly code: ManifestErrorCode;
  /** One sentence on what to do next. */
  readonly hint: string | undefined;

  constructor(code: ManifestErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
