import { inputsOf, select } from '@seeknal/manifest';

import type { ExitCode } from '../exit-code.ts';
import { count } from '../output/numbers.ts';
import { modeOf, scheduleText } from '../output/node-facts.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface ListFlags {
  readonly select?: readonly string[];
}

/** The nodes of the project, in the order they run in. */
export const listNodes: CommandBody<ListFlags> = (session, positional, flags) =>
  withProject(session, async ({ manifest, settings }): Promise<ExitCode> => {
    const { terminal, isJson } = session;
    const selectors = [...positional, ...(flags.select ?? [])];
    const named = selectors.length === 0 ? null : select(manifest, selectors);
    const nodes = Object.values(manifest.nodes).filter(({ id }) => named === null || named.has(id));
    if (isJson) {
      const document = nodes.map((node) => ({
        id: node.id,
        kind: node.type,
        mode: modeOf(node),
        schedule: scheduleText(node) || null,
        tags: node.tags,
        inputs: inputsOf(node.spec).map(({ ref }) => ref),
        file: node.file_path,
        description: node.description,
      }));
      terminal.print(JSON.stringify({ project: settings.name, nodes: document }, null, 2));
      return 0;
    }
    const { table } = await import('../output/table.ts');
    const hasTags = nodes.some(({ tags }) => tags.length > 0);
    const columns = ['node', 'how', 'schedule', ...(hasTags ? ['tags'] : []), 'file'];
    const rows = nodes.map((node) => [
      node.id,
      modeOf(node),
      scheduleText(node),
      ...(hasTags ? [node.tags.join(', ')] : []),
      node.file_path,
    ]);
    terminal.print(
      table(
        columns.map((name) => ({ name })),
        rows,
        terminal.out,
      ),
    );
    terminal.say(terminal.err.color.dim(`(${count(nodes.length, 'node')})`));
    return 0;
  });
