import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { checkEnvironmentName, environmentPlan, expiry, parsePlanFile, planFileText, type EnvironmentPlan } from '@seeknal/environments';
import type { Plan } from '@seeknal/plan';

const folderOf = (target: string, environment: string): string => join(target, 'environments', environment);

/** Keeps the newest plan of an environment where people and other tools find it. */
export async function keepPlan(target: string, plan: Plan): Promise<void> {
  const folder = folderOf(target, plan.environment);
  const beside = join(folder, `plan.json.${process.pid}.tmp`);
  await mkdir(folder, { recursive: true });
  await writeFile(beside, planFileText(plan));
  await rename(beside, join(folder, 'plan.json'));
}

/** The plans kept of environments. One that cannot be read is as good as none. */
export async function keptPlans(target: string): Promise<readonly EnvironmentPlan[]> {
  const names = await readdir(join(target, 'environments')).catch((): string[] => []);
  const plans: EnvironmentPlan[] = [];
  for (const name of names) {
    try {
      checkEnvironmentName(name, [name]);
      const plan = parsePlanFile(await readFile(join(folderOf(target, name), 'plan.json'), 'utf8'));
      if (plan.environment === name) plans.push(environmentPlan(plan, expiry(name, plan.createdAt)));
    } catch {
      // Of another version, cut in half, or no plan at all.
    }
  }
  return plans;
}

/** @param environment Checked before: nothing from a name reaches a path unchecked. */
export async function forgetEnvironment(target: string, environment: string): Promise<void> {
  checkEnvironmentName(environment, [environment]);
  await rm(folderOf(target, environment), { recursive: true, force: true });
}
