import type { NodeAudit } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { orInterrupted } from '../interrupted.ts';
import { auditJson, auditSummary, auditText } from '../output/audit-text.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface AuditFlags {
  readonly select?: readonly string[];
  readonly env?: string;
  readonly params?: { readonly [name: string]: unknown };
}

/** Runs the checks that the project declares over the rows that are there; writes nothing. */
export const audit: CommandBody<AuditFlags> = async (session, selectors, flags) => {
  const { terminal, io, isJson, isVerbose } = session;
  const { signal, release } = io.interruption();
  const select = [...selectors, ...(flags.select ?? [])];
  return withProject(
    session,
    async (project): Promise<ExitCode> => {
      const work = project.audit({
        signal,
        ...(select.length > 0 && { select }),
        ...(flags.env !== undefined && { environment: flags.env }),
      });
      const audits = await orInterrupted(work, signal, () => true);
      const isPassed = audits.every(({ status }: NodeAudit) => status !== 'failed' && status !== 'error');
      if (isJson) {
        terminal.print(JSON.stringify({ passed: isPassed, nodes: audits.map(auditJson) }, null, 2));
      } else {
        const { folder } = project.settings;
        for (const each of audits) terminal.print(auditText(each, terminal.out, isVerbose, folder));
        terminal.say(auditSummary(audits));
      }
      return isPassed ? 0 : 1;
    },
    { isQuiet: true, params: flags.params },
  ).finally(release);
};
