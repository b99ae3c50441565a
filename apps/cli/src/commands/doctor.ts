import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Project } from '@seeknal/sdk';

import { codedError } from '../output/coded-error.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { withProject, type Session } from '../session.ts';

interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly found: string;
  readonly hint?: string;
}

/** Looks at everything a run needs, one thing after the other, and says what it found. */
export const doctor: CommandBody<object> = async (session) => {
  const findings: Finding[] = [nodeVersion(), clock(session), await engine()];
  findings.push(...(await projectFindings(session)));
  const { terminal, isJson } = session;
  const hasFailed = findings.some(({ status }) => status === 'failed');
  if (isJson) {
    terminal.print(JSON.stringify({ ok: !hasFailed, findings }, null, 2));
    return hasFailed ? 1 : 0;
  }
  const { color, mark } = terminal.out;
  const signs = {
    ok: color.green(mark.ok),
    warning: color.yellow(mark.warning),
    failed: color.red(mark.failed),
  };
  for (const { what, status, found, hint } of findings) {
    terminal.print(`${signs[status]} ${what}: ${found}`);
    if (hint !== undefined) terminal.print(`  ${color.cyan(mark.hint)} ${hint}`);
  }
  return hasFailed ? 1 : 0;
};

function nodeVersion(): Finding {
  const { platform, arch, versions } = process;
  return { what: 'Node', status: 'ok', found: `${versions.node} on ${platform} ${arch}` };
}

/** No machine that runs this is older. */
const EARLIEST = Date.UTC(2024, 0, 1);

function clock({ now, io }: Session): Finding {
  const zone = io.env['TZ'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = `${new Date(now).toISOString()} (this machine's zone is ${zone}; projects are in UTC unless they say)`;
  if (io.clock() >= EARLIEST) return { what: 'Clock', status: 'ok', found };
  return {
    what: 'Clock',
    status: 'warning',
    found,
    hint: 'It seems to be behind: set it, or nothing will be due.',
  };
}

/** Opens a DuckDB of its own in the folder for temporary files. */
async function engine(): Promise<Finding> {
  const path = join(tmpdir(), `seeknal-doctor-${process.pid}.duckdb`);
  try {
    const { openDuckDb } = await import('@seeknal/engine-duckdb');
    const opened = await openDuckDb({ path });
    try {
      const { rows } = await opened.query('SELECT version()');
      return { what: 'DuckDB', status: 'ok', found: String(rows[0]?.[0]) };
    } finally {
      await opened.close();
    }
  } catch (error) {
    return failed(
      'DuckDB',
      error,
      'Install again, on the platform it is to run on: npm install @seeknal/cli',
    );
  } finally {
    await Promise.all([path, `${path}.wal`].map((file) => rm(file, { force: true })));
  }
}

async function projectFindings(session: Session): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  try {
    await withProject(
      session,
      async (project) => {
        found.push(valid(project));
        found.push(await warehouse(project));
        found.push(await state(project));
      },
      { isQuiet: true },
    );
  } catch (error) {
    const { code, message } = codedError(error);
    if (code === 'PROJECT_NOT_FOUND') {
      found.push({ what: 'Project', status: 'warning', found: message, hint: 'Make one: seeknal init' });
    } else if (found.every(({ status }) => status !== 'failed')) {
      // What is broken may also not let itself be closed, which says nothing new.
      found.push(failed('Project', error));
    }
  }
  return found;
}

function valid({ manifest, settings, warnings }: Project): Finding {
  const nodes = count(Object.keys(manifest.nodes).length, 'node');
  const doubts = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`;
  return {
    what: 'Project',
    status: warnings.length === 0 ? 'ok' : 'warning',
    found: `${settings.name} in ${settings.folder}: ${nodes}${doubts}`,
    ...(warnings.length > 0 && { hint: 'See seeknal validate.' }),
  };
}

async function warehouse(project: Project): Promise<Finding> {
  const path = resolve(project.settings.folder, project.settings.warehouse);
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) return { what: 'Warehouse', status: 'ok', found: `${path}: not made yet` };
  try {
    await project.query('SELECT 1');
    return {
      what: 'Warehouse',
      status: 'ok',
      found: `${path}: ${(size / 1e6).toFixed(1)} MB, nobody else holds it`,
    };
  } catch (error) {
    return failed('Warehouse', error);
  }
}

async function state(project: Project): Promise<Finding> {
  try {
    const runs = await project.runs(1);
    const newest = runs[0];
    const found =
      newest === undefined ? 'no run yet' : `the newest run is ${newest.runId} (${newest.status})`;
    return { what: 'State', status: 'ok', found };
  } catch (error) {
    return failed('State', error);
  }
}

function failed(what: string, error: unknown, otherwise?: string): Finding {
  const { message, hint = otherwise } = codedError(error);
  return { what, status: 'failed', found: message, ...(hint !== undefined && { hint }) };
}
