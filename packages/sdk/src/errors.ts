import { formatInterval, type Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';

/** Stable across minor versions: match on the code, never on the message. */
export type SdkErrorCode = 'SDK_NOT_A_SOURCE' | 'SDK_OUTSIDE_HISTORY' | 'SDK_NO_WHOLE_INTERVAL';

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

  static outsideHistory(node: NodeId, done: readonly Interval[]): SdkError {
    const [first, last] = [done[0], done.at(-1)];
    return new SdkError(
      'SDK_OUTSIDE_HISTORY',
      `${node} has nothing done in that range`,
      first === undefined || last === undefined
        ? 'It has not been run yet; run it first.'
        : `It has rows for ${formatInterval({ start: first.start, end: last.end })}.`,
    );
  }

  static noWholeInterval(node: NodeId, schedule: string): SdkError {
    return new SdkError(
      'SDK_NO_WHOLE_INTERVAL',
      `The range holds no whole interval of ${node}, whose schedule is ${schedule}`,
      'Name a range that begins and ends on ticks of the schedule.',
    );
  }
}
