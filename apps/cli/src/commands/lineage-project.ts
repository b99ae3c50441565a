import type { NodeLineage } from '@seeknal/lineage';

import type { ExitCode } from '../exit-code.ts';
import { printLineage } from '../output/lineage-output.ts';
import { lineageNotes } from '../output/lineage-text.ts';
import { withProject, type Session } from '../session.ts';
import type { LineageFlags } from './lineage.ts';

/** Follows the columns of the project, of a node or of one column. */
export const projectLineage = (
  session: Session,
  name: string | null,
  flags: LineageFlags,
): Promise<ExitCode> =>
  withProject(
    session,
    async (project): Promise<ExitCode> => {
      const { terminal, isJson } = session;
      const lineage = await project.lineage({ parser: flags.parser ?? 'duckdb' });
      const focus = name === null ? null : lineage.find(name);
      const shown =
        focus === null ? [...lineage.nodes.values()] : [lineage.nodes.get(focus.node) as NodeLineage];
      for (const node of shown)
        for (const line of lineageNotes(node.node, node, terminal.err)) terminal.say(line);
      if (isJson) {
        const document =
          focus === null
            ? { nodes: shown }
            : focusDocument(lineage, shown[0] as NodeLineage, focus.column, flags);
        terminal.print(JSON.stringify(document, null, 2));
        return 0;
      }
      printLineage(session, lineage, focus, flags, project.settings.name);
      return 0;
    },
    { isQuiet: true },
  );

function focusDocument(
  lineage: Parameters<typeof printLineage>[1],
  { node, columns, rowSources, inputs, notes, problems }: NodeLineage,
  column: string | null,
  { upstream, downstream }: LineageFlags,
): object {
  const isBoth = upstream === downstream;
  return {
    node,
    column,
    columns: columns.filter(({ name }) => column === null || name === column),
    rowSources,
    inputs,
    ...((isBoth || upstream === true) && { upstream: lineage.upstream(node, column) }),
    ...((isBoth || downstream === true) && { downstream: lineage.downstream(node, column) }),
    notes,
    problems,
  };
}
