import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { parseInstant, resolveRange, type Instant, type Interval } from '@seeknal/intervals';
import type { Project } from '@seeknal/sdk';

import type { CliIo } from './io.ts';
import { codedError } from './output/coded-error.ts';
import { warningLine } from './output/error-text.ts';
import { terminal, type Terminal } from './output/terminal.ts';

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly projectPath?: string;
  readonly color?: boolean;
  readonly verbose?: boolean;
  readonly now?: string;
  readonly json?: boolean;
  /** Seconds. */
  readonly wait?: number;
}

/** What every command works with: where it is, what time it is, where its text goes. */
export interface Session {
  readonly io: CliIo;
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  /** The folder to look for a project from; absolute. */
  readonly folder: string;
  readonly now: Instant;
  readonly waitMs: number;
}

/** @throws {IntervalError} `TIME_INVALID` for a clock that cannot be read. */
export function session(io: CliIo, flags: GlobalFlags): Session {
  const clock = flags.now ?? (io.env['SEEKNAL_NOW'] || undefined);
  return {
    io,
    terminal: terminal(io, flags.color === false),
    isJson: flags.json ?? false,
    isVerbose: flags.verbose ?? false,
    folder: resolve(io.cwd, flags.projectPath ?? (io.env['SEEKNAL_PROJECT_PATH'] || '.')),
    now: clock === undefined ? io.clock() : parseInstant(clock),
    waitMs: (flags.wait ?? 0) * 1000,
  };
}

export interface ProjectOptions {
  /** Values in place of the nodes' own params. */
  readonly params?: { readonly [name: string]: unknown } | undefined;
  /** Says nothing of the project's warnings. */
  readonly isQuiet?: boolean;
  /** Leaves out the nodes that cannot run: the plan, which is shown, has them. */
  readonly showsPlan?: boolean;
}

/** Warnings beyond these are counted: `seeknal validate` shows all. */
const WARNINGS_SHOWN = 10;

/** How long an interrupted command waits for its warehouse to close. */
const PATIENCE_MS = 500;

/** Opens the project, says what is doubtful in it, and closes it whatever happens. */
export async function withProject<T>(
  { io, terminal, folder, now, waitMs, isVerbose }: Session,
  use: (project: Project) => Promise<T>,
  options: ProjectOptions = {},
): Promise<T> {
  const { openProject } = await import('@seeknal/sdk');
  const { params, isQuiet = false, showsPlan = false } = options;
  const project = await openProject(folder, {
    now,
    env: io.env,
    waitMs,
    ...(params !== undefined && { params }),
  });
  try {
    if (!isQuiet) {
      const warnings = project.warnings.filter(({ code }) => !showsPlan || code !== 'NODE_UNSUPPORTED');
      const shown = isVerbose ? warnings : warnings.slice(0, WARNINGS_SHOWN);
      for (const warning of shown) terminal.say(warningLine(warning, terminal.err));
      const rest = warnings.length - shown.length;
      if (rest > 0) terminal.say(`  and ${rest} more: seeknal validate shows them all`);
    }
    const result = await use(project);
    await project.close();
    return result;
  } catch (error) {
    // What went wrong first is what is told. An interrupted command waits for nobody, not even for a warehouse
    // that another process holds.
    const closed = project.close().catch(() => {});
    await (codedError(error).code === 'CLI_INTERRUPTED'
      ? Promise.race([closed, setTimeout(PATIENCE_MS)])
      : closed);
    throw error;
  }
}

/**
 * The range that `--start` and `--end` mean: a date as the end is included, a timestamp is not. Null where
 * neither is given.
 *
 * @throws {IntervalError} `RANGE_REVERSED`, `TIME_INVALID`.
 */
export async function rangeOf(
  flags: { readonly start?: string; readonly end?: string },
  { now }: Session,
  { settings }: Project,
): Promise<Interval | null> {
  const { start, end } = flags;
  if (start === undefined && end === undefined) return null;
  const { timeZone } = settings.defaults;
  if (start !== undefined) return resolveRange({ start, end, now, timeZone }).range;
  const { ALL_TIME } = await import('@seeknal/plan');
  return resolveRange({ start: ALL_TIME.start, end, now, timeZone }).range;
}
