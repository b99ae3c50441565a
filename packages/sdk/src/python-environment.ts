import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { checkEnvironmentName, type KeptEnvironment } from '@seeknal/environments';

const HOUR_S = 3600;

/**
 * What the Python tool left of an environment: its configuration, and whether it was applied. Its tables are
 * not in this warehouse, so it is listed and nothing more; applying it here makes it anew. Null where there
 * is none.
 */
export async function pythonEnvironment(folder: string, name: string): Promise<KeptEnvironment | null> {
  try {
    checkEnvironmentName(name, [name]);
  } catch {
    return null;
  }
  const config = await jsonOf(join(folder, 'env_config.json'));
  const plan = await jsonOf(join(folder, 'plan.json'));
  const createdAt = instantOf(config['created_at'] ?? plan['created_at']);
  if (createdAt === null || ('env_name' in plan && plan['env_name'] !== name)) return null;
  const ttl = config['ttl_seconds'];
  const ttlHours = typeof ttl === 'number' && ttl > 0 ? ttl / HOUR_S : null;
  const usedAt = instantOf(config['last_accessed']) ?? createdAt;
  const state = await jsonOf(join(folder, 'run_state.json'));
  const isApplied = state['applied'] === true || 'nodes' in state;
  return {
    name,
    status: isApplied ? 'applied' : 'planned',
    createdAt,
    expiresAt: ttlHours === null ? null : usedAt + ttlHours * HOUR_S * 1000,
    ttlHours,
    plan: null,
  };
}

/** Empty for what is absent or cannot be read. */
async function jsonOf(path: string): Promise<{ readonly [key: string]: unknown }> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof found === 'object' && found !== null ? (found as never) : {};
  } catch {
    return {};
  }
}

/** The Python tool writes UTC and does not say so. */
function instantOf(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/u.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}
