import { CliError } from './errors.ts';

/** Options that this version understands and cannot do without risking wrong rows. */
export interface RefusedFlags {
  readonly forwardOnly?: boolean;
  readonly effectiveFrom?: string;
  readonly category?: readonly string[];
}

const REASONS: readonly (readonly [keyof RefusedFlags, string, string])[] = [
  [
    'forwardOnly',
    '--forward-only keeps rows that the new SQL would not make: everything below them would have to be marked for ever, which this version cannot do.',
    'Leave it out: only what the change reaches is rebuilt. To rebuild a part first, add --start.',
  ],
  [
    'effectiveFrom',
    '--effective-from belongs to --forward-only, which is not part of this version.',
    'Leave it out: the new SQL then counts for the whole history.',
  ],
  [
    'category',
    '--category would trust a word where a proof is needed: a table whose rows may differ would be taken for the right one.',
    'Leave it out: what can be proved not to change is not rebuilt, and the plan says what could not be proved.',
  ],
];

/** @throws {CliError} `CLI_COMMAND_LATER`, with the reason and what to do instead. */
export function refuseUnsound(flags: RefusedFlags): void {
  for (const [name, reason, instead] of REASONS) {
    if (flags[name] !== undefined) throw new CliError('CLI_COMMAND_LATER', reason, instead);
  }
}
