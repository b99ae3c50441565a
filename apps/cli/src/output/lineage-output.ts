import { openLineage, type ManifestLineage } from '@seeknal/lineage';

import type { Session } from '../session.ts';
import { dotText, mermaidText } from './lineage-drawing.ts';
import { lineageGraph } from './lineage-graph.ts';
import { lineageText } from './lineage-text.ts';

/** A node, or one of its columns. */
export interface Focus {
  readonly node: string;
  readonly column: string | null;
}

export interface OutputFlags {
  readonly upstream?: boolean;
  readonly downstream?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly openlineage?: boolean;
}

/** Who writes events of OpenLineage. */
const PRODUCER = 'https://github.com/seeknal/seeknal';

/** Prints lineage in one of the forms that are not the command's own JSON. */
export function printLineage(
  { terminal, now }: Session,
  lineage: ManifestLineage,
  focus: Focus | null,
  { upstream, downstream, mermaid, dot, openlineage }: OutputFlags,
  namespace: string,
): void {
  const isBoth = upstream === downstream;
  const shown = { focus, up: isBoth || upstream === true, down: isBoth || downstream === true };
  if (openlineage === true) {
    const events = openLineage(lineage, {
      namespace: `seeknal://${encodeURIComponent(namespace)}`,
      eventTime: new Date(now).toISOString(),
      producer: PRODUCER,
      ...(focus !== null && { nodes: [focus.node] }),
    });
    terminal.print(JSON.stringify(events, null, 2));
  } else if (mermaid === true) terminal.print(mermaidText(lineageGraph(lineage, shown)));
  else if (dot === true) terminal.print(dotText(lineageGraph(lineage, shown)));
  else terminal.print(lineageText(lineage, shown, terminal.out));
}
