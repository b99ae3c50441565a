import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { EngineError } from '@seeknal/engine';

import { engineFailure, failureOf } from './failures.ts';

/** Why a warehouse could not be opened. */
export async function openFailure(error: unknown, path: string): Promise<EngineError> {
  if ((error as { readonly name?: unknown } | null)?.name === 'EngineError') {
    const known = error as EngineError;
    if (known.code !== 'ENGINE_SQL' && known.code !== 'ENGINE_INPUT_MISSING') return known;
  }
  const { type, text } = failureOf((error as { readonly cause?: unknown } | null)?.cause ?? error);
  if (/Could not set lock|Conflicting lock/i.test(text))
    return held(path, /\(PID (\d+)\)/.exec(text)?.[1], error);
  const known = engineFailure(error);
  if (known.code === 'ENGINE_DISK_FULL' || known.code === 'ENGINE_OUT_OF_MEMORY') return known;
  if (/Permission denied|Read-only file system|Cannot open file|Is a directory|No such file/i.test(text)) {
    return new EngineError('ENGINE_UNWRITABLE', `Cannot open the warehouse ${path}: ${firstLine(text)}`, {
      cause: error,
      hint: 'Check that the folder is there and who may write in it.',
    });
  }
  if (/newer|older version of DuckDB|storage version/i.test(text)) {
    return new EngineError(
      'ENGINE_WAREHOUSE_TOO_NEW',
      `The warehouse ${path} was made by another DuckDB: ${firstLine(text)}`,
      {
        cause: error,
        hint: 'Upgrade Seeknal, or export the warehouse with the DuckDB that made it.',
      },
    );
  }
  if (
    /^(?:IO|Serialization|Internal|INTERNAL|Fatal|FATAL|Invalid|Not implemented|)$/.test(type) ||
    /corrupt/i.test(text)
  ) {
    return new EngineError(
      'ENGINE_WAREHOUSE_DAMAGED',
      `The warehouse ${path} is no whole DuckDB database: ${firstLine(text)}`,
      {
        cause: error,
        hint: 'Put a copy back, or move the file away and run again to build everything anew. It was not changed.',
      },
    );
  }
  return known;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text;

async function held(path: string, pid: string | undefined, cause: unknown): Promise<EngineError> {
  const command = pid === undefined ? null : await commandOf(pid);
  const holder =
    pid === undefined ? 'another process' : `process ${pid}${command === null ? '' : ` (${command})`}`;
  return new EngineError('ENGINE_WAREHOUSE_HELD', `The warehouse ${path} is in use by ${holder}.`, {
    cause,
    retryable: true,
    hint: 'Wait for it to end, or let Seeknal wait: --wait 60s.',
  });
}

/** What a process was started as, or null where the system does not tell. */
async function commandOf(pid: string): Promise<string | null> {
  const fromProc = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  if (fromProc !== null && fromProc !== '') return shortened(fromProc.replaceAll('\0', ' '));
  const ps = await promisify(execFile)('ps', ['-o', 'command=', '-p', pid]).catch(() => null);
  return ps === null ? null : shortened(ps.stdout) || null;
}

/** One line, at most 120 characters. */
function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
