export { main } from './main.ts';
export { runCli } from './run-cli.ts';
export type { CliIo, Interruption, Output } from './io.ts';
