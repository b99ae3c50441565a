import { canonicalJson, sha256, type Json } from '@seeknal/manifest';
import { StateError, type ScopedEvent, type StateDocument } from '@seeknal/state';

import { canonicalText } from './canonical-text.ts';

/** Raised when an older version would misread the file. */
const SCHEMA_VERSION = 2;

/** Long enough for every header. */
export const HEADER_BYTES = 256;

const HEADER = /^\{"schemaVersion":(\d{1,9}),"epoch":(\d{1,15}),"checksum":"([0-9a-f]{64})","payload":/;

export interface StateHeader {
  /** Raised by every write. */
  readonly epoch: number;
  /** SHA-256 of the payload's canonical text. */
  readonly checksum: string;
}

export interface StatePayload {
  readonly document: StateDocument;
  /** Events ever logged, and those of the newest write: they may not have reached the log. */
  readonly events: { readonly count: number; readonly newest: readonly ScopedEvent[] };
}

export interface StateContent extends StateHeader {
  readonly payload: StatePayload;
}

export function stateText(epoch: number, payload: StatePayload): StateHeader & { readonly text: string } {
  const body = canonicalText(payload as unknown as Json);
  const checksum = sha256(body);
  const text = `{"schemaVersion":${SCHEMA_VERSION},"epoch":${epoch},"checksum":"${checksum}","payload":${body}}\n`;
  return { epoch, checksum, text };
}

/** Reads the first bytes of a state file; undefined when they are not as this program writes them. */
export function readHeader(start: string): StateHeader | undefined {
  const [, , epoch, checksum] = HEADER.exec(start) ?? [];
  return epoch === undefined || checksum === undefined ? undefined : { epoch: Number(epoch), checksum };
}

/**
 * @param path For messages.
 * @throws `STATE_DAMAGED` when it is not what was written, `STATE_TOO_NEW` when a newer version wrote it.
 */
export function readStateText(text: string, path: string): StateContent {
  const header = HEADER.exec(text);
  if (header) {
    const [start, version, epoch, checksum] = header as unknown as [string, string, string, string];
    refuseNewer(Number(version), path);
    const body = text.slice(start.length, text.lastIndexOf('}'));
    if (sha256(body) === checksum) {
      return { epoch: Number(epoch), checksum, payload: JSON.parse(body) as StatePayload };
    }
  }
  return readReformatted(text, path);
}

/** An editor may have changed the white space, which is no damage. */
function readReformatted(text: string, path: string): StateContent {
  const file = parsed(text, path);
  const { schemaVersion, epoch, checksum, payload } = file;
  if (typeof schemaVersion !== 'number') throw damaged(path, 'it is not a state file');
  refuseNewer(schemaVersion, path);
  if (typeof epoch !== 'number' || typeof checksum !== 'string' || payload === undefined) {
    throw damaged(path, 'parts of it are missing');
  }
  if (sha256(canonicalJson(payload)) !== checksum) throw damaged(path, 'its checksum does not match');
  return { epoch, checksum, payload: payload as unknown as StatePayload };
}

function parsed(text: string, path: string): { readonly [key: string]: Json } {
  try {
    const value = JSON.parse(text) as Json;
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return value as { readonly [key: string]: Json };
    }
  } catch (cause) {
    throw damaged(path, text.trim() === '' ? 'it is empty' : 'it is not JSON, or was cut off', cause);
  }
  throw damaged(path, 'it is not a state file');
}

function refuseNewer(version: number, path: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new StateError(
    'STATE_TOO_NEW',
    `The state ${path} was written by a newer version (schema ${version}, this one reads ${SCHEMA_VERSION})`,
    'Upgrade seeknal; nothing was changed.',
  );
}

export const damaged = (path: string, what: string, cause?: unknown): StateError =>
  new StateError(
    'STATE_DAMAGED',
    `The state ${path} is damaged: ${what}`,
    'Restore the previous copy with: seeknal state repair --from-backup',
    { cause },
  );
