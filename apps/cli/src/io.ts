/** Where text goes: a stream of the process, or a test's own. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
}

/** A wish of the user to stop, heard from when it is asked for until it is given back. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/** Everything a command touches besides files: passed in, so that tests call commands in their own process. */
export interface CliIo {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since the epoch; read once a command, and not at all under `--now`. */
  readonly clock: () => number;
  /** Asks a question and resolves to the line answered; null where nobody can answer. */
  readonly ask: (question: string) => Promise<string | null>;
  readonly interruption: () => Interruption;
}
