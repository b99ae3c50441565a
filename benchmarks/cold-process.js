import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/**
 * Notes the peak of a process's memory as it ends. On Linux from `/proc`, since what `getrusage` says there
 * begins with the memory of the process that started this one.
 */
const NOTE_PEAK = `process.on('exit', () => {
  const { readFileSync, writeFileSync } = process.getBuiltinModule('node:fs');
  let peak = process.resourceUsage().maxRSS;
  try {
    peak = /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  } catch {}
  writeFileSync(process.env.PEAK_FILE, String(peak));
});`;

/**
 * Runs Node in a process of its own, from before it is started until it is gone.
 *
 * @param {readonly string[]} args
 * @param {{ cwd: string, scratch: string, env?: Record<string, string> }} options
 * @returns {Promise<{ wall: number, peak: number, output: string }>} `wall` in ms; `peak` in kB, as the
 *   operating system counted it.
 */
export async function coldProcess(args, { cwd, scratch, env = {} }) {
  const peakFile = join(scratch, 'peak');
  const hook = `data:text/javascript,${encodeURIComponent(NOTE_PEAK)}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', hook, ...args], {
    cwd,
    env: { ...process.env, ...env, PEAK_FILE: peakFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  const wall = performance.now() - startedAt;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}:\n${output}`);
  return { wall, peak: Number(await readFile(peakFile, 'utf8')), output };
}
