import type { NodeAudit } from '@seeknal/sdk';

import { codedError } from './coded-error.ts';
import { errorText } from './error-text.ts';
import { count } from './numbers.ts';
import type { Style } from './style.ts';

/** What the checks of a node found: a line, and one more for each that found something. */
export function auditText(
  { node, status, checks, error }: NodeAudit,
  style: Style,
  isVerbose: boolean,
  folder: string,
): string {
  const { color, mark } = style;
  switch (status) {
    case 'passed':
      return `${color.green(mark.ok)} ${node} ${color.dim(count(checks.length, 'check'))}`;
    case 'empty':
      return `${color.cyan(mark.info)} ${node} ${color.dim('has no rows yet')}`;
    case 'error':
      return errorText(error, style, { isVerbose, folder, subject: node });
    case 'warned':
    case 'failed': {
      const found = checks.filter(({ failures }) => failures > 0);
      const sign = status === 'failed' ? color.red(mark.failed) : color.yellow(mark.warning);
      const lines = found.map(({ type, message, failures, severity, place }) => {
        const rows = type === 'row_count' || type === 'freshness' ? '' : `: ${count(failures, 'row')}`;
        const level = severity === 'warn' && status === 'failed' ? ' (warning)' : '';
        return `  ${message}${rows}${level} ${color.dim(`${place.file}:${place.line}:${place.column}`)}`;
      });
      return [`${sign} ${color.bold(node)}`, ...lines].join('\n');
    }
  }
}

/** `4 nodes with checks: 2 passed, 1 failed, 1 without rows`. */
export function auditSummary(audits: readonly NodeAudit[]): string {
  const of = (...statuses: readonly NodeAudit['status'][]): number =>
    audits.filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    [of('passed'), 'passed'],
    [of('warned'), 'with warnings'],
    [of('failed', 'error'), 'failed'],
    [of('empty'), 'without rows'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  if (audits.length === 0) return 'No node has checks.';
  return `${count(audits.length, 'node')} with checks: ${said.join(', ')}`;
}

/** What was found, as a program reads it. */
export function auditJson({ node, status, checks, error }: NodeAudit): object {
  const { code, message, hint, place } = codedError(error ?? {});
  return {
    node,
    status,
    checks,
    error: error === null ? null : { code, message, hint: hint ?? null, place: place ?? null },
  };
}
