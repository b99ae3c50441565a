import type { DraftNode, NodeKind } from '@seeknal/manifest';

import { showPlace } from './errors.ts';
import { isName } from './names.ts';
import { problemAt, type Findings } from './problem.ts';
import { placeAt, type SourceText } from './source-text.ts';

const DECORATOR =
  /^@(source|transform|feature_group|aggregation|second_order_aggregation|model)\s*\(([^)]*)/gm;

/** The nodes that a Python file declares by decorators, as nodes that do not run; each is warned of. */
export function pythonNodes(source: SourceText, findings: Findings): readonly DraftNode[] {
  return [...source.text.matchAll(DECORATOR)].flatMap((match): DraftNode[] => {
    const kind = match[1] as NodeKind;
    const name =
      /\bname\s*=\s*(['"])(.*?)\1/.exec(match[2] as string)?.[2] ??
      /^\s*def\s+(\w+)/m.exec(source.text.slice(match.index))?.[1];
    if (name === undefined || !isName(name)) return [];
    const place = placeAt(source, match.index);
    const id = `${kind}.${name}`;
    findings.warnings.push(
      problemAt(
        source,
        place,
        'NODE_UNSUPPORTED',
        `${id}: Python nodes are not supported.`,
        'Write it as SQL, or keep it with the Python tool. It and what depends on it are left out of runs.',
      ),
    );
    return [
      {
        id,
        name,
        type: kind,
        description: null,
        owner: null,
        tags: [],
        columns: {},
        config: { kind, name },
        file_path: source.file,
        place,
        spec: {
          kind: 'unsupported',
          reason: `Python nodes are not supported (${showPlace(place)}).`,
          inputs: [],
        },
        definition: { kind, python: source.text },
      },
    ];
  });
}
