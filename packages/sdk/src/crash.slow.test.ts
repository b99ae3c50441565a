import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { byDay, csv, morning, PROJECT, ProjectFolder } from './testing/project-folder.ts';

const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const KILLS = Math.max(5, Math.round(100 * SCALE));
/** Built by `tsc --build`: a process needs plain JavaScript. */
const CHILD = fileURLToPath(new URL('../dist/testing/run-child.js', import.meta.url));
const DAYS = 20;

const rows = Array.from({ length: DAYS }, (_, i) => [i + 1, (i * 7) % 11] as const);
const FILES = {
  ...PROJECT,
  'data/sales.csv': csv(...rows),
  'seeknal/transforms/keyed.yml': byDay(
    'keyed',
    '{ref: transform.window, reads: all}',
    "SELECT DATE '{{ start }}' AS day, sum(amount) AS amount FROM transform.window",
  ).replace('time_column: day\n', ''),
  'seeknal/exposures/out.yml':
    'kind: exposure\nname: out\ntype: file\nparams: {format: csv, path: target/out.csv}\ndepends_on: [{ref: transform.total}]\n',
};

/** Runs the project in a process of its own; null when it was killed before it could say how it went. */
function runChild(folder: string, killAfterMs: number | null): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, folder, String(DAYS + 1)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (err += String(data)));
    const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(null);
      else if (out === '') reject(new Error(`the run ended without a word: ${err}`));
      else resolve(out.trim());
    });
  });
}

const VIEWS = ['daily', 'window', 'keyed', 'total'];

async function contents(folder: ProjectFolder): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (const view of VIEWS) found.push(await folder.rows(`FROM transform.${view} ORDER BY ALL`));
  return found;
}

/** Ledger rows that cover an instant more than once, and intervals that ledger and state do not both have. */
async function disagreements(folder: ProjectFolder): Promise<readonly string[]> {
  return folder.using(morning(DAYS + 1), async (project) => {
    const ledger = await project.ledger();
    const states = new Map((await project.intervals()).map(({ node, done }) => [node, done]));
    const found: string[] = [];
    for (const node of new Set(ledger.map((commit) => commit.node))) {
      const sorted = ledger
        .filter((commit) => commit.node === node)
        .map(({ range }) => range)
        .toSorted((a, b) => a.start - b.start);
      if (node === 'transform.daily' || node === 'transform.window' || node === 'transform.keyed') {
        sorted.forEach(({ start }, i) => {
          const before = sorted[i - 1];
          if (before !== undefined && start < before.end) found.push(`${node} twice at ${start}`);
        });
      }
      const covered = sorted.reduce((sum, { start, end }) => sum + (end - start), 0);
      const done = (states.get(node) ?? []).reduce((sum, { start, end }) => sum + (end - start), 0);
      if (node !== 'transform.total' && node !== 'exposure.out' && covered !== done)
        found.push(`${node}: ledger ${covered}, state ${done}`);
    }
    return found;
  });
}

let undisturbed: ProjectFolder;
let expected: readonly (readonly string[])[];

beforeAll(async () => {
  undisturbed = await ProjectFolder.make(FILES);
  expect(await runChild(undisturbed.path, null)).toBe('success');
  expected = await contents(undisturbed);
});

afterAll(() => undisturbed.remove('.'));

test(`killed at ${KILLS} random moments, the next run makes everything as if nothing had happened, and does nothing twice`, async () => {
  let cut = 0;
  for (let i = 0; i < KILLS; i += 1) {
    const folder = await ProjectFolder.make(FILES);
    try {
      // Up to three kills of one project: a recovery may be killed, too.
      for (let kills = 0; kills < 1 + (i % 3); kills += 1) {
        if ((await runChild(folder.path, 150 + Math.random() * 1500)) === null) cut += 1;
      }
      expect(['success', 'nothing_to_do']).toContain(await runChild(folder.path, null));
      expect(await contents(folder)).toEqual(expected);
      expect(await disagreements(folder)).toEqual([]);
      expect(await runChild(folder.path, null)).toBe('nothing_to_do');
    } finally {
      await folder.remove('.');
    }
  }
  // Kills that all came too late would prove nothing.
  expect(cut).toBeGreaterThan(KILLS / 4);
}, 3_600_000);
