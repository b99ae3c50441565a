import { readTime } from '@seeknal/intervals';
import type { PlanOptions, Project } from '@seeknal/sdk';

import { CliError } from './errors.ts';
import type { Session } from './session.ts';

/** What a user says of changes, beside what is found out about them. */
export interface SaidFlags {
  readonly forwardOnly?: boolean;
  readonly effectiveFrom?: string;
  /** `node=CATEGORY`, several of them. */
  readonly category?: readonly string[];
}

/** @throws {CliError} `CLI_USAGE`. */
export function saidOptions(
  { forwardOnly, effectiveFrom, category = [] }: SaidFlags,
  { now }: Session,
  { settings }: Pick<Project, 'settings'>,
): Pick<PlanOptions, 'forwardOnly' | 'effectiveFrom' | 'categories'> {
  if (effectiveFrom === undefined) {
    return { ...(forwardOnly === true && { forwardOnly }), ...categoriesIn(category) };
  }
  if (forwardOnly !== true) {
    throw CliError.usage(
      '--effective-from says from when on a change counts, which only --forward-only asks.',
      'Say both; or leave it out: a change counts for the whole history.',
    );
  }
  const { start } = readTime(effectiveFrom, { now, timeZone: settings.defaults.timeZone });
  if (start > now) {
    throw CliError.usage(
      `--effective-from ${effectiveFrom} lies in the future: nothing that is done would be made anew.`,
      'Leave it out: what comes is made by the new definition anyway.',
    );
  }
  return { forwardOnly, effectiveFrom: start, ...categoriesIn(category) };
}

function categoriesIn(said: readonly string[]): Pick<PlanOptions, 'categories'> {
  if (said.length === 0) return {};
  const categories = said.map((each) => {
    const [node = '', category = '', ...more] = each.split('=').map((part) => part.trim());
    if (node === '' || category === '' || more.length > 0) {
      throw CliError.usage(
        `--category takes node=CATEGORY, not "${each}".`,
        'For example: --category transform.daily=NON_BREAKING',
      );
    }
    return [node, category.toUpperCase().replaceAll('-', '_')] as const;
  });
  return { categories: Object.fromEntries(categories) as NonNullable<PlanOptions['categories']> };
}
