import type { PlanOptions, Project } from '@seeknal/sdk';

import { rangeOf, type Session } from './session.ts';

/** The flags that `withSelection` adds. */
export interface SelectionFlags {
  readonly select?: readonly string[];
  readonly nodes?: readonly string[];
  readonly node?: readonly string[];
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly types?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly full?: boolean;
  readonly params?: { readonly [name: string]: unknown };
}

/** What of the project a command is about, as the sdk takes it. */
export async function planOptions(
  selectors: readonly string[],
  flags: SelectionFlags,
  session: Session,
  project: Project,
): Promise<PlanOptions> {
  const nodes = [...(flags.nodes ?? []), ...(flags.node ?? [])];
  const select = [...(flags.select ?? []), ...selectors];
  return {
    range: await rangeOf(flags, session, project),
    full: flags.full ?? false,
    ...(nodes.length > 0 && { nodes }),
    ...(select.length > 0 && { select }),
    ...(flags.tags !== undefined && { tags: flags.tags }),
    ...(flags.excludeTags !== undefined && { excludeTags: flags.excludeTags }),
    ...(flags.types !== undefined && { types: flags.types }),
  };
}
