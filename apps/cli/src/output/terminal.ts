import type { CliIo } from '../io.ts';
import { styleOf, type Style } from './style.ts';

/** The two streams of a command: data for programs and people on one, talk for people on the other. */
export interface Terminal {
  /** Writes a line of data to stdout. */
  readonly print: (line: string) => void;
  /** Writes a line for people to stderr. */
  readonly say: (line: string) => void;
  readonly out: Style;
  readonly err: Style;
}

export function terminal({ stdout, stderr, env }: CliIo, noColor: boolean): Terminal {
  return {
    print: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    out: styleOf(stdout, env, noColor),
    err: styleOf(stderr, env, noColor),
  };
}
