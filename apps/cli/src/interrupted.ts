import { CliError } from './errors.ts';

/**
 * Settles as the work does or, when the user asks to stop while there is nothing to bring to an end (a wait
 * for the warehouse, a query), rejects at once.
 *
 * @param isIdle Asked at the moment of the interruption; where it says no, the work itself comes to an end.
 * @throws {CliError} `CLI_INTERRUPTED`.
 */
export function orInterrupted<T>(work: Promise<T>, signal: AbortSignal, isIdle: () => boolean): Promise<T> {
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      if (isIdle()) reject(CliError.interrupted());
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, interrupted]);
}
