import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Plan } from '@seeknal/plan';
import type { ApplyOptions, Project } from '@seeknal/sdk';

import { confirmed } from '../confirm.ts';
import { environmentNames } from '../environment-argument.ts';
import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import { hasChanges } from '../output/plan-text.ts';
import type { CommandBody } from '../program.ts';
import { planOptions, type SelectionFlags } from '../selection.ts';
import { withProject, type Session } from '../session.ts';
import { execute, showPlan } from './run.ts';

export interface ApplyFlags extends SelectionFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly maxWorkers?: number;
  readonly retry?: number;
  readonly continueOnError?: boolean;
  readonly ttl?: number;
}

/** Applies the project to an environment, or a plan that was written to a file, after showing what that does. */
export const apply: CommandBody<ApplyFlags> = async (session, [what, ...selectors], flags) => {
  return withProject(
    session,
    async (project): Promise<ExitCode> => {
      const file = await fileOf(what, flags.env, session, project);
      return file === null
        ? applyEnvironment(flags.env ?? what ?? 'prod', selectors, flags, session, project)
        : applyFile(file, selectors, flags, session, project);
    },
    { params: flags.params, showsPlan: true },
  );
};

async function applyEnvironment(
  environment: string,
  selectors: readonly string[],
  flags: ApplyFlags,
  session: Session,
  project: Project,
): Promise<ExitCode> {
  const options = { ...(await planOptions(selectors, flags, session, project)), environment };
  if (flags.dryRun === true) {
    showPlan(await project.plan(options), session, true);
    return 0;
  }
  const more = applyOptions(flags, session);
  return execute(project, options, session, flags, {
    showsPlan: true,
    start: (hooks) => project.run({ ...options, ...more, ...hooks }),
  });
}

async function applyFile(
  path: string,
  selectors: readonly string[],
  flags: ApplyFlags,
  session: Session,
  project: Project,
): Promise<ExitCode> {
  const { parsePlanFile } = await import('@seeknal/sdk');
  const { start, end, full } = flags;
  if (selectors.length > 0 || start !== undefined || end !== undefined || full === true) {
    throw CliError.usage(
      'A plan is applied as it was shown.',
      'Plan again with these selectors and options.',
    );
  }
  const plan = parsePlanFile(await textOf(path));
  if (flags.dryRun === true) {
    showPlan(plan, session, true);
    return 0;
  }
  const options = { ...applyOptions(flags, session), force: flags.force ?? false };
  return execute(project, {}, session, flags, {
    showsPlan: true,
    start: (hooks) => project.apply(plan, { ...options, ...hooks }),
  });
}

const applyOptions = (flags: ApplyFlags, session: Session): Pick<ApplyOptions, 'ttlHours' | 'confirm'> => ({
  ...(flags.ttl !== undefined && { ttlHours: flags.ttl }),
  confirm: async (plan: Plan) =>
    hasChanges(plan)
      ? confirmed(session, `Apply this to ${plan.environment}?`, 'The plan', {
          yes: flags.yes,
          otherwise: true,
        })
      : true,
});

/** The file that the argument means, or null for an environment. */
async function fileOf(
  what: string | undefined,
  environment: string | undefined,
  { io }: Session,
  project: Project,
): Promise<string | null> {
  if (what === undefined || environment !== undefined) return null;
  if (/\.(?:ya?ml|py)$/iu.test(what)) {
    throw new CliError(
      'CLI_COMMAND_LATER',
      `${what} is a draft, and drafts are not part of this version.`,
      'Move it below seeknal/ to make it a node; or name an environment or a plan.',
    );
  }
  const path = resolve(io.cwd, what);
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const looksLikeFile = /[./\\]/u.test(what);
  if (!isThere && !looksLikeFile) return null;
  if (isThere && !looksLikeFile && (await environmentNames(project)).includes(what)) {
    throw CliError.usage(
      `"${what}" is an environment and a file.`,
      `Say seeknal apply --env ${what} for the one, seeknal apply ./${what} for the other.`,
    );
  }
  return path;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
    throw CliError.usage(`There is no plan ${path}.`, 'Write one with: seeknal plan <env> --out plan.json');
  }
}
