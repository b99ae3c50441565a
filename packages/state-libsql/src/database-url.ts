import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { StateError } from '@seeknal/state';

/** Where a database is, checked. */
export type Target =
  | { readonly kind: 'file'; readonly path: string; readonly url: string; readonly label: string }
  | {
      readonly kind: 'server';
      /** `http:` or `https:`, without token or password. */
      readonly url: string;
      readonly token: string | null;
      readonly label: string;
    };

export interface TargetOptions {
  /** `libsql://…`, `https://…`, `http://…` or `file:…`. */
  readonly url?: string | undefined;
  /** A database file. Default, where there is no `url`: `target/state.db`. */
  readonly dbPath?: string | undefined;
  readonly authToken?: string | undefined;
}

/**
 * What the options mean. A token may stand in the URL as `?authToken=…`; it is taken out.
 *
 * @throws {StateError} `STATE_INVALID_ARGUMENT` for a URL that names no database. The message holds no secret.
 */
export function targetOf({ url, dbPath, authToken }: TargetOptions): Target {
  if (url === undefined) return fileTarget(dbPath ?? 'target/state.db');
  if (dbPath !== undefined) {
    throw invalid('Both a url and a dbPath are given for the state database', 'Give one of them.');
  }
  if (url.startsWith('file:')) return fileTarget(pathOf(url));
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const scheme = parsed?.protocol;
  if (parsed === null || !/^(libsql|wss?|https?):$/.test(scheme ?? '') || parsed.host === '') {
    throw invalid(
      `Not the URL of a state database: ${withoutSecrets(url)}`,
      'Write libsql://…, https://…, http://… for a server, or file:… for a file.',
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid(
      'The URL of the state database holds a user name or password, which libSQL does not take',
      'Give the token as auth_token, best as ${TURSO_AUTH_TOKEN}.',
    );
  }
  const token = authToken ?? parsed.searchParams.get('authToken') ?? null;
  const isPlain = scheme === 'http:' || scheme === 'ws:' || parsed.searchParams.get('tls') === '0';
  const path = parsed.pathname === '/' ? '' : parsed.pathname;
  const plain = `${isPlain ? 'http' : 'https'}://${parsed.host}${path}`;
  return { kind: 'server', url: plain, token: token === '' ? null : token, label: `libsql ${plain}` };
}

function fileTarget(path: string): Target {
  if (path === '' || path.includes(':memory:') || path.includes('\0')) {
    throw invalid(
      `Not a file for the state: ${JSON.stringify(path)}`,
      'Give the path of a file; state that is not kept is the backend "memory".',
    );
  }
  const absolute = resolve(path);
  return { kind: 'file', path: absolute, url: pathToFileURL(absolute).href, label: `libsql ${path}` };
}

const pathOf = (url: string): string =>
  decodeURIComponent(
    url
      .slice('file:'.length)
      .replace(/^\/\/(localhost)?(?=\/)/, '')
      .replace(/\?.*$/s, ''),
  );

/** Without what follows `?` or stands before `@`, and not longer than a line. */
const withoutSecrets = (url: string): string =>
  JSON.stringify(
    url
      .replace(/\?.*$/s, '')
      .replace(/\/\/.*@/s, '//')
      .slice(0, 120),
  );

const invalid = (message: string, hint: string): StateError =>
  new StateError('STATE_INVALID_ARGUMENT', message, hint);
