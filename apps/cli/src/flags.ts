import { InvalidArgumentError, type Command } from 'commander';

/** Collects a repeatable flag whose values may be comma lists: `-n a,b -n c` is a, b and c. */
export const list = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
];

/** A whole number from `least` on. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/u.test(text) && value >= least && Number.isSafeInteger(value)) return value;
    throw new InvalidArgumentError(`It is not a whole number from ${least} on.`);
  };

/** Rows of each node that a sample compares, about. */
const SAMPLE_ROWS = 10_000;

/** How reuse is verified: `all`, `sample`, or `sample:5000` with the rows of each node that are enough. */
export function verification(text: string): true | { readonly sample: number } {
  if (text === 'all') return true;
  const [found, rows] = /^sample(?::([1-9]\d{0,9}))?$/u.exec(text) ?? [];
  if (found === undefined) throw new InvalidArgumentError('It is all, sample, or sample:<rows>.');
  return { sample: rows === undefined ? SAMPLE_ROWS : Number(rows) };
}

/** Without a value of its own `--verify` would take the word after it for one. */
export const withWholeVerify = (args: readonly string[]): readonly string[] => {
  const words = args.indexOf('--');
  return args.map((arg, at) => (arg === '--verify' && (words < 0 || at < words) ? '--verify=all' : arg));
};

/** `--verify`, of whatever makes a plan. */
export const withVerify = (command: Command): Command =>
  command.option(
    '--verify [how]',
    'run the queries whose rows are kept by a proof and compare; all (default), sample or sample:<rows>',
    verification,
  );

const UNITS: { readonly [unit: string]: number } = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A duration as seconds: `60`, `1.5s`, `2m`. */
export function seconds(text: string): number {
  const [, value, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text.trim()) ?? [];
  if (value !== undefined) return Number(value) * (UNITS[unit] as number);
  throw new InvalidArgumentError('It is not a duration, such as 60, 60s or 2m.');
}

/** A JSON object. */
export function jsonObject(text: string): { readonly [name: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as { message: string }).message}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as never;
  throw new InvalidArgumentError('It is not a JSON object, such as {"country": "DE"}.');
}

/** Flags of every command, before or after its name. */
export const withGlobals = (command: Command): Command =>
  command
    .optionsGroup('Everywhere:')
    .option('--project-path <folder>', 'the project, or a folder in it (SEEKNAL_PROJECT_PATH)')
    .option('--now <time>', 'the clock of the command (SEEKNAL_NOW)')
    .option('-v, --verbose', 'say more: codes and stacks of errors, every warning')
    .option('--no-color', 'no colours (NO_COLOR, FORCE_COLOR)');

export const withJson = (command: Command, what: string): Command => command.option('--json', what);

export const withWait = (command: Command): Command =>
  command.option('--wait <seconds>', 'wait that long for a warehouse that another process holds', seconds);

/** How a command says which nodes and which time it is about. */
export const withSelection = (
  command: Command,
  selectors = '[selectors...]',
  what = 'nodes: name, +name, name+, tag:x, kind:source, path:…, globs, a,b',
): Command =>
  command
    .argument(selectors, what)
    .optionsGroup('Which nodes, which time:')
    .option('--select <selectors>', 'the same as a selector by itself', list)
    .option('-n, --nodes <names>', 'these nodes and everything that reads them', list)
    .option('--node <names>', 'the same as --nodes', list)
    .option('--tags <tags>', 'nodes with a tag and everything they read', list)
    .option('--exclude-tags <tags>', 'without the nodes that have one of these tags', list)
    .option('-t, --types <kinds>', 'only nodes of these kinds', list)
    .option('--start <time>', 'only intervals from here on')
    .option('--end <time>', 'up to here; a date is included, a timestamp is not')
    .option('-f, --full', 'also what is done already')
    .option('--full-refresh', 'the same as --full')
    .option('--env <name>', 'the environment; default: prod')
    .option('--params <json>', 'values in place of the nodes’ params', jsonObject);
