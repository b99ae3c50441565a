/** Makes the example project in a temporary folder and shows what a first hour with it looks like. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, root } from './command.js';

const place = mkdtempSync(join(tmpdir(), 'seeknal-demo-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

const weather = join(place, 'weather');
seeknal(place, 'init', 'weather');
seeknal(weather, 'run');
seeknal(weather, 'run');
seeknal(weather, 'intervals', 'show');
seeknal(weather, 'query', 'SELECT * FROM transform.monthly ORDER BY month DESC LIMIT 6');

/**
 * @param {string} cwd
 * @param {...string} args
 */
function seeknal(cwd, ...args) {
  console.log(`\n$ seeknal ${args.map((arg) => (/[^\w./-]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`);
  must('node', [join(root, 'apps', 'cli', 'bin', 'seeknal.js'), ...args], { cwd });
}
