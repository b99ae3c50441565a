import { StateError, type StateErrorCode } from '@seeknal/state';

/** Whether trying again may help, and what to say when it does not. */
export interface Failure {
  /** `busy`: nothing was written, and the connection must be opened anew. `passing`: it may have been taken. */
  readonly kind: 'final' | 'passing' | 'busy';
  readonly code: StateErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** What a client or the network throws, as far as it says what happened. */
interface Thrown {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly status?: unknown;
  readonly cause?: Thrown;
}

const PASSING_CODES =
  /^(TRANSACTION_TIMEOUT|TRANSACTION_CLOSED|STREAM_\w+|HRANA_CLOSED_ERROR|HRANA_PROTO_ERROR|UNKNOWN|CLIENT_CLOSED|ECONN\w+|ETIMEDOUT|EPIPE|EAI_AGAIN|ENOTFOUND|UND_ERR\w+)$/;

/**
 * What went wrong, without anything secret.
 *
 * @param label The database as messages name it.
 */
export function failureOf(error: unknown, label: string, secret: string | null): Failure {
  const thrown = (error ?? {}) as Thrown;
  const code = String(thrown.code ?? '');
  const text = withoutSecret(textOf(thrown), secret);
  const status = statusOf(thrown);
  const failure = (
    kind: Failure['kind'],
    stateCode: StateErrorCode,
    what: string,
    hint: string,
  ): Failure => ({ kind, code: stateCode, message: `${what}: ${label} (${text})`, hint });

  if (/^SQLITE_(BUSY|LOCKED)/.test(code) || /database is locked|SQLITE_BUSY/.test(text)) {
    return failure('busy', 'STATE_UNREACHABLE', 'The state is busy', 'Wait for the other processes.');
  }
  if (status === 401 || code === 'SQLITE_AUTH') {
    return failure(
      'final',
      'STATE_UNREACHABLE',
      'The state refuses the token: it is wrong, missing or has expired',
      'Make a new token, and set it where auth_token is read from.',
    );
  }
  if (status === 403 || /BLOCKED|not authorized|Unauthorized|read.?only/i.test(`${code} ${text}`)) {
    return failure(
      'final',
      'STATE_UNWRITABLE',
      'The state may not be written',
      'Use a token or a file that may be written.',
    );
  }
  if (status === 404 || status === 400) {
    return failure('final', 'STATE_UNREACHABLE', 'There is no such state', 'Check the URL of the state.');
  }
  if (
    status !== null ||
    PASSING_CODES.test(code) ||
    /fetch failed|Abort|Timeout|terminated|socket|other side closed|not listening/i.test(
      `${thrown.name} ${text}`,
    )
  ) {
    return failure(
      'passing',
      'STATE_UNREACHABLE',
      'The state does not answer',
      'Check that the server runs and can be reached; then run the command again.',
    );
  }
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code) || /not a database|malformed/.test(text)) {
    return failure(
      'final',
      'STATE_DAMAGED',
      'The state is not a sound database',
      'Put a backup in its place: seeknal state repair',
    );
  }
  if (/^SQLITE_(CANTOPEN|PERM|READONLY|FULL|IOERR)/.test(code) || /unable to open|disk is full/i.test(text)) {
    return failure(
      'final',
      'STATE_UNWRITABLE',
      'The state cannot be opened or written',
      'Check the path and its rights.',
    );
  }
  return failure(
    'final',
    'STATE_DAMAGED',
    'The state answers otherwise than it should',
    'See: seeknal state doctor',
  );
}

export const errorOf = ({ code, message, hint }: Failure): StateError => new StateError(code, message, hint);

/** The texts of an error and its causes; a failed request says why only in its cause. */
function textOf(thrown: Thrown): string {
  const texts: string[] = [];
  for (
    let at: Thrown | undefined = thrown;
    at !== undefined && at !== null && texts.length < 4;
    at = at.cause
  ) {
    const text = at.message ?? '';
    if (text !== '' && !texts.some((known) => known.includes(text))) texts.push(text);
    const code = typeof at.code === 'string' ? at.code : '';
    if (code !== '' && !texts.some((known) => known.includes(code))) texts.push(code);
  }
  return texts.join('; ').slice(0, 400);
}

function statusOf(thrown: Thrown): number | null {
  for (let at: Thrown | undefined = thrown; at !== undefined && at !== null; at = at.cause) {
    const status =
      typeof at.status === 'number' ? at.status : Number(/HTTP status (\d{3})/.exec(at.message ?? '')?.[1]);
    if (Number.isInteger(status) && status >= 400) return status;
  }
  return null;
}

/** Also whatever looks like a token. */
function withoutSecret(text: string, secret: string | null): string {
  const known = secret !== null && secret !== '' ? text.replaceAll(secret, '…') : text;
  return known.replace(/eyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, '…').replace(/(authToken=)[^&\s"]+/g, '$1…');
}
