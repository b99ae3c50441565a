import type { ManifestDiff, NodeChange, RebuildMap } from '@seeknal/manifest';
import type { Plan } from '@seeknal/plan';
import type { Removal, SqlDifference } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { withAuthorNames } from '../output/author-names.ts';
import { categoryText } from '../output/change-text.ts';
import { sqlDiffLines } from '../output/sql-diff-text.ts';
import type { Style } from '../output/style.ts';
import { withProject, type Session } from '../session.ts';

/** What changed between what an environment holds and the project's files. */
export const diffProject = (session: Session, environment: string): Promise<ExitCode> =>
  withProject(session, async (project): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const { diff, sql, removals } = await project.diff(environment);
    const rebuild = withoutKept(diff.getNodesToRebuild(), await project.plan({ environment }));
    if (isJson) {
      const document = { environment, changes: diff.changes, sql, removals, rebuild };
      terminal.print(JSON.stringify(document, null, 2));
      return 0;
    }
    const texts = new Map(sql.map((each) => [each.node, each]));
    for (const change of diff.changes) {
      const lines = changeLines(change, texts.get(change.node), removals, terminal.out);
      for (const line of lines) terminal.print(line);
    }
    for (const line of rebuiltLines(diff, rebuild, terminal.out)) terminal.print(line);
    terminal.print(summary(diff, rebuild, environment));
    return 0;
  });

/** Nodes that are built anew: those below a change that it does not reach keep their rows. */
function withoutKept(rebuild: RebuildMap, { nodes }: Plan): RebuildMap {
  const kept = new Set(nodes.filter(({ tasks, isNew }) => tasks === 0 && !isNew).map(({ node }) => node));
  return Object.fromEntries(Object.entries(rebuild).filter(([node]) => !kept.has(node)));
}

const SIGNS = { NODE_ADDED: '+', NODE_REMOVED: '-' } as const;

function changeLines(
  change: NodeChange,
  sql: SqlDifference | undefined,
  removals: readonly Removal[],
  { color, mark }: Style,
): readonly string[] {
  const { node, category, types, details, reason } = change;
  const [first] = types;
  const sign = first === 'NODE_ADDED' || first === 'NODE_REMOVED' ? SIGNS[first] : '~';
  const paint = { '+': color.green, '-': color.red, '~': color.yellow }[sign];
  const edits = sql?.classification?.edits ?? [];
  const told = new Set([reason, ...edits.map(({ sentence }) => sentence)]);
  const others = details
    .map(({ sentence }) => sentence)
    .filter((sentence) => !told.has(sentence) && !reason.includes(sentence));
  const body = [
    ...removals
      .filter((removal) => removal.node === node)
      .map(({ text }) => color.red(`${mark.warning} ${text}`)),
    ...others.map((sentence) => `~ ${sentence}`),
    ...(sql === undefined ? [] : sqlDiffLines(sql.oldSql, sql.newSql, edits, color)),
  ];
  return [
    `${paint(sign)} ${color.bold(node)}  ${categoryText(category, color)}  ${withAuthorNames(reason)}`,
    ...body.map((line) => (line === '' ? '' : `    ${withAuthorNames(line)}`)),
    ...(body.length > 0 ? [''] : []),
  ];
}

/** The nodes that are built anew only because of what they read. */
function rebuiltLines(
  { changes }: ManifestDiff,
  rebuild: RebuildMap,
  { color, mark }: Style,
): readonly string[] {
  const own = new Set(changes.filter(({ category }) => category !== 'METADATA').map(({ node }) => node));
  return Object.keys(rebuild)
    .filter((node) => !own.has(node))
    .map((node) => `${color.cyan(mark.backfill)} ${color.bold(node)}  is rebuilt because of what it reads`);
}

function summary(diff: ManifestDiff, rebuild: RebuildMap, environment: string): string {
  if (!diff.hasChanges()) return `No changes: ${environment} holds what the files say.`;
  const { BREAKING, NON_BREAKING, METADATA } = diff.getCategorizedChanges();
  const parts = [
    `${BREAKING.length} breaking`,
    `${NON_BREAKING.length} non-breaking`,
    `${METADATA.length} metadata`,
    `${Object.keys(rebuild).length} to rebuild`,
  ];
  return `Changes since ${environment}: ${parts.join(', ')}.`;
}
