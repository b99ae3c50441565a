/**
 * What the shell gets: 0 done or nothing to do, 1 failed, 2 called wrongly (under `--detailed-exitcode`:
 * there are changes), 3 partly failed under `--continue-on-error`, 4 held by another process, 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130;

/** Codes of errors that come from how the command was called. */
const USAGE = new Set([
  'CLI_USAGE',
  'CLI_COMMAND_UNKNOWN',
  'CLI_COMMAND_ELSEWHERE',
  'CLI_COMMAND_LATER',
  'CLI_NOT_CONFIRMED',
  'CLI_FILE_UNREADABLE',
  'CLI_SCHEMA_INVALID',
  'ENVIRONMENT_NAME_INVALID',
  'ENVIRONMENT_CASE',
  'ENVIRONMENT_SAME',
  'INTERVAL_NOT_SCHEDULED',
  'INTERVAL_REVERSED',
  'INTERVAL_TEXT_INVALID',
  'LINEAGE_COLUMN_UNKNOWN',
  'LINEAGE_NODE_UNKNOWN',
  'RANGE_REVERSED',
  'SDK_CATEGORY_INVALID',
  'SDK_NODE_NOT_SHOWN',
  'SDK_NODE_UNKNOWN',
  'SDK_NO_WHOLE_INTERVAL',
  'SDK_TEST_UNKNOWN',
  'SDK_OUTSIDE_HISTORY',
  'SELECTOR_INVALID',
  'SELECTOR_EMPTY',
  'SCHEDULE_MISSING',
  'SCHEDULE_INVALID',
  'TIME_INVALID',
  'TIME_RELATIVE',
]);
const HELD = new Set(['ENGINE_WAREHOUSE_HELD', 'STATE_LOCK_HELD']);

/** The exit code that an error with this code ends the process with; an error without a code is a bug. */
export function exitCodeOf(code: unknown): ExitCode {
  if (typeof code !== 'string') return 1;
  if (USAGE.has(code)) return 2;
  if (HELD.has(code)) return 4;
  return code === 'ENGINE_CANCELLED' || code === 'CLI_INTERRUPTED' ? 130 : 1;
}
