import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { csv, DAILY, morning, PROJECT, ProjectFolder } from './testing/project-folder.ts';

const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const KILLS = Math.max(8, Math.round(200 * SCALE));
/** Built by `tsc --build`: a process needs plain JavaScript. */
const CHILD = fileURLToPath(new URL('../dist/testing/environment-child.js', import.meta.url));
const DAYS = 6;
const DAILY_FILE = 'seeknal/transforms/daily.yml';
const NODES = ['daily', 'window', 'total'];

const files = {
  ...PROJECT,
  'data/sales.csv': csv(...Array.from({ length: DAYS }, (_, i) => [i + 1, i + 2] as const)),
};
const factor = (of: number): string => DAILY.replace('sum(amount)', `${of} * sum(amount)`);

/** Null when it was killed before it came to its end. */
function child(
  folder: string,
  steps: readonly string[],
  killAfterMs: number | null,
  waitMs = 0,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [CHILD, folder, String(DAYS + 1), ...steps], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WAIT_MS: String(waitMs) },
    });
    let [out, err] = ['', ''];
    process_.stdout.on('data', (data) => (out += String(data)));
    process_.stderr.on('data', (data) => (err += String(data)));
    const timer = killAfterMs === null ? undefined : setTimeout(() => process_.kill('SIGKILL'), killAfterMs);
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(null);
      else if (code !== 0) reject(new Error(`it ended with ${code}: ${err}`));
      else resolve(out.trim());
    });
  });
}

interface Shown {
  /** The factor by which each view of an environment was made; one number: one set. */
  readonly factors: readonly number[];
  readonly disagreements: readonly string[];
}

/** What readers see of an environment, and whether state and warehouse tell the same of it. */
async function shown(folder: ProjectFolder, environment: 'prod' | 'dev'): Promise<Shown | null> {
  return folder.using(morning(DAYS + 1), async (project) => {
    const schema = environment === 'prod' ? 'transform' : 'transform__dev';
    const listed = await project.environments.listEnvironments();
    const views = await project.query(
      `SELECT count(*) FROM duckdb_views() WHERE schema_name = '${schema}' AND NOT internal`,
    );
    const isListed = listed.some(({ name, epoch }) => name === environment && epoch > 0);
    const isShown = Number(views.rows[0]?.[0]) > 0;
    if (!isListed && !isShown) return null;
    const disagreements =
      isListed === isShown ? [] : [`${environment}: listed ${isListed}, shown ${isShown}`];
    const factors: number[] = [];
    for (const [node, sql] of [
      ['daily', `SELECT (amount / 2)::INTEGER FROM ${schema}.daily WHERE day = DATE '2024-01-01'`],
      ['window', `SELECT (amount / 2)::INTEGER FROM ${schema}.window WHERE day = DATE '2024-01-01'`],
      ['total', `SELECT (amount / (SELECT sum(amount) FROM ${schema}.window))::INTEGER FROM ${schema}.total`],
    ] as const) {
      const { rows } = await project.query(sql);
      factors.push(node === 'total' ? (factors[0] as number) * Number(rows[0]?.[0]) : Number(rows[0]?.[0]));
    }
    const recorded = await project.query(
      `SELECT node, snapshot FROM _seeknal.views WHERE env = '${environment}' ORDER BY node`,
    );
    const plan = await project.plan({ environment, frozen: true });
    for (const [node, snapshot] of recorded.rows) {
      if (plan.pointers[String(node)] !== snapshot) disagreements.push(`${String(node)} of ${environment}`);
    }
    return { factors, disagreements };
  });
}

/** Each day of each table of `daily` was committed once. */
async function expectNothingTwice(folder: ProjectFolder): Promise<void> {
  const commits = await folder.using(morning(DAYS + 1), (project) => project.ledger());
  const days = commits
    .filter(({ node }) => node === 'transform.daily')
    .map(({ snapshot, range }) => `${snapshot} ${range.start}`);
  expect(new Set(days).size).toBe(days.length);
}

test(`killed at ${KILLS} random moments of apply and promote, readers see one set, and state and views agree`, async () => {
  const folder = await ProjectFolder.make(files);
  let cut = 0;
  let spent = 2500;
  try {
    await folder.run(DAYS + 1);
    let promoted = 1;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const next = kill + 2;
      await folder.write({ [DAILY_FILE]: factor(next) });
      const wasCut = (await child(folder.path, ['apply:dev', 'promote:dev'], Math.random() * spent)) === null;
      if (wasCut) cut += 1;
      const production = await shown(folder, 'prod');
      expect(production?.disagreements).toEqual([]);
      expect(new Set(production?.factors).size).toBe(1);
      expect([promoted, next]).toContain(production?.factors[0]);
      const dev = await shown(folder, 'dev');
      if (dev !== null) {
        expect(dev.disagreements).toEqual([]);
        expect(new Set(dev.factors).size).toBe(1);
      }
      // The next command goes on where the killed one stopped, and nothing is done twice.
      const startedAt = performance.now();
      expect(await child(folder.path, ['apply:dev', 'promote:dev'], null)).toMatch(
        /^(?:success|nothing_to_do)\n(?:true|false)$/u,
      );
      spent = Math.max(1200, Math.min(4000, 1.3 * (performance.now() - startedAt)));
      expect((await shown(folder, 'prod'))?.factors).toEqual(NODES.map(() => next));
      promoted = next;
    }
    await expectNothingTwice(folder);
    // Kills that all came too late would prove nothing.
    expect(cut).toBeGreaterThan(KILLS / 4);
  } finally {
    await folder.remove('.');
  }
}, 3_600_000);

const PAIRS = Math.max(3, Math.round(50 * SCALE));

test(`two processes apply at once, ${PAIRS} times: one waits or is told who is there, nothing is lost or done twice`, async () => {
  const folder = await ProjectFolder.make(files);
  const said = { done: 0, refused: 0 };
  try {
    await folder.run(DAYS + 1);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      await folder.write({ [DAILY_FILE]: factor(pair + 2) });
      const names = pair % 2 === 0 ? ['dev', 'dev'] : ['dev', 'other'];
      const waitMs = pair % 3 === 0 ? 0 : 60_000;
      const ended = await Promise.allSettled(
        names.map((name) => child(folder.path, [`apply:${name}`], null, waitMs)),
      );
      for (const each of ended) {
        if (each.status === 'fulfilled') {
          expect(each.value).toMatch(/^(?:success|nothing_to_do)$/u);
          said.done += 1;
        } else {
          expect(waitMs).toBe(0);
          expect(String(each.reason)).toMatch(/ENGINE_WAREHOUSE_HELD|STATE_ENVIRONMENT_MOVED/u);
          said.refused += 1;
        }
      }
      for (const name of new Set(names)) {
        expect(await child(folder.path, [`apply:${name}`], null)).toMatch(/^(?:success|nothing_to_do)$/u);
      }
      expect((await shown(folder, 'dev'))?.factors).toEqual(NODES.map(() => pair + 2));
      expect((await shown(folder, 'dev'))?.disagreements).toEqual([]);
      expect((await shown(folder, 'prod'))?.factors).toEqual([1, 1, 1]);
    }
    await expectNothingTwice(folder);
    expect(said.done).toBeGreaterThan(PAIRS);
  } finally {
    await folder.remove('.');
  }
}, 3_600_000);
