import { canonicalJson, sha256, type Json } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';

import { EnvironmentError } from './errors.ts';

/** A plan as the text of a file. */
export const planFileText = (plan: Plan): string => `${JSON.stringify(plan, null, 2)}\n`;

/**
 * Reads a plan that was written to a file. Nothing of it is executed: it is compared with one made anew.
 *
 * @throws {EnvironmentError} `PLAN_FILE_INVALID` when it is none, or of another version; `PLAN_FILE_EDITED`.
 */
export function parsePlanFile(text: string): Plan {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw EnvironmentError.fileInvalid(`it is not JSON (${(error as { message: string }).message})`);
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw EnvironmentError.fileInvalid('it is not a JSON object');
  }
  const { id, createdAt, ...body } = found as { readonly [key: string]: Json };
  if (body['version'] !== 1 || !('base' in body) || !('tasks' in body)) {
    const version = String(body['version'] ?? 'none');
    throw EnvironmentError.fileInvalid(`it has version ${version}, and version 1 of a plan is known`);
  }
  const isWhole = id === sha256(canonicalJson(body)).slice(0, 16) && createdAt === body['now'];
  if (!isWhole) throw EnvironmentError.fileEdited();
  return found as Plan;
}
