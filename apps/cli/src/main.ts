import { createInterface } from 'node:readline/promises';

import { CliError } from './errors.ts';
import type { CliIo, Interruption } from './io.ts';
import { runCli } from './run-cli.ts';

/** The command as the process runs it: its arguments, streams, signals and exit code. */
export async function main(): Promise<void> {
  const { stdout, stderr } = process;
  // A reader that has seen enough, such as `head`, is no failure: what it does not want is dropped.
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  const io: CliIo = {
    cwd: process.cwd(),
    env: process.env,
    stdout,
    stderr,
    clock: Date.now,
    ask,
    interruption,
  };
  const exitCode = await runCli(process.argv.slice(2), io);
  // Nothing may keep the prompt waiting once the command is over, but its text comes first.
  await Promise.all([stdout, stderr].map(flushed));
  process.exit(exitCode);
}

function ignoreClosedPipe(error: { readonly code?: string }): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error as unknown;
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

/** The line answered; empty where the input ends instead. Ctrl-C at a question means that nothing is to be done. */
async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const over = new AbortController();
  let isInterrupted = false;
  lines.once('SIGINT', () => {
    isInterrupted = true;
    over.abort();
  });
  lines.once('close', () => over.abort());
  try {
    return await lines.question(question, { signal: over.signal });
  } catch (error) {
    if (!over.signal.aborted) throw error;
    process.stderr.write('\n');
    if (isInterrupted) throw CliError.interrupted();
    return '';
  } finally {
    lines.close();
  }
}

/** The first Ctrl-C asks to stop, the second one stops. */
function interruption(): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
