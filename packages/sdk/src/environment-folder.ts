import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  checkEnvironmentName,
  environmentPlan,
  expiry,
  parsePlanFile,
  planFileText,
  TTL_HOURS,
  type KeptEnvironment,
} from '@seeknal/environments';
import type { Plan } from '@seeknal/plan';

import { pythonEnvironment } from './python-environment.ts';

const folderOf = (target: string, environment: string): string => join(target, 'environments', environment);

/** Keeps the newest plan of an environment where people and other tools find it. */
export async function keepPlan(target: string, plan: Plan): Promise<void> {
  const folder = folderOf(target, plan.environment);
  const beside = join(folder, `plan.json.${process.pid}.tmp`);
  await mkdir(folder, { recursive: true });
  await writeFile(beside, planFileText(plan));
  await rename(beside, join(folder, 'plan.json'));
}

/** What is kept of environments: plans made here, and whatever the Python tool left. */
export async function keptEnvironments(target: string): Promise<readonly KeptEnvironment[]> {
  const names = await readdir(join(target, 'environments')).catch((): string[] => []);
  const found: KeptEnvironment[] = [];
  for (const name of names) {
    const kept = (await ownPlan(target, name)) ?? (await pythonEnvironment(folderOf(target, name), name));
    if (kept !== null) found.push(kept);
  }
  return found;
}

/** Null for a plan of another version or cut in half, and for a name that is none. */
async function ownPlan(target: string, name: string): Promise<KeptEnvironment | null> {
  try {
    checkEnvironmentName(name, [name]);
    const plan = parsePlanFile(await readFile(join(folderOf(target, name), 'plan.json'), 'utf8'));
    if (plan.environment !== name) return null;
    const { createdAt } = plan;
    const expiresAt = expiry(name, createdAt);
    const kept = environmentPlan(plan, expiresAt);
    return { name, status: 'planned', createdAt, expiresAt, ttlHours: TTL_HOURS, plan: kept };
  } catch {
    return null;
  }
}

/** @param environment Checked here: nothing from a name reaches a path unchecked. */
export async function forgetEnvironment(target: string, environment: string): Promise<void> {
  checkEnvironmentName(environment, [environment]);
  await rm(folderOf(target, environment), { recursive: true, force: true });
}
