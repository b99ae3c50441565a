import {
  assembleManifest,
  type DraftNode,
  type Manifest,
  type NodeInput,
  type NodeSpec,
  type TransformSpec,
} from '@seeknal/manifest';
import { findReferences } from '@seeknal/sql-ast';

/**
 * A node from the few things an example cares about: the declared columns of a source (`day amount`), the SQL
 * of a transform, the input of an exposure, or a spec.
 */
export type ExampleNode = string | NodeSpec | (Partial<DraftNode> & { readonly spec: NodeSpec });

const place = { file: 'seeknal/example.yml', line: 1, column: 1 };

/** A manifest; nodes may come in any order. */
export function exampleManifest(nodes: { readonly [id: string]: ExampleNode }): Manifest {
  const ids = new Set(Object.keys(nodes));
  const drafts = Object.entries(nodes).map(([id, node]): DraftNode => {
    const [type = '', name = ''] = id.split('.');
    const draft: DraftNode = {
      id,
      name,
      type: type as DraftNode['type'],
      description: null,
      owner: null,
      tags: [],
      columns: {},
      config: {},
      file_path: place.file,
      place,
      spec: typeof node === 'string' ? specOf(type, node, ids) : 'spec' in node ? node.spec : node,
      definition: typeof node === 'string' && type === 'transform' ? { sql: node } : {},
    };
    return typeof node === 'object' && 'spec' in node ? { ...draft, ...node } : draft;
  });
  return assembleManifest({ project: 'example', toolVersion: '1', generatedAt: '', nodes: drafts });
}

/** Inputs at `input_0`, `input_1`, … */
export const inputs = (...refs: readonly string[]): readonly NodeInput[] =>
  refs.map((ref, at) => ({ ref, place: `input_${at}`, reads: { kind: 'all' } }));

/** A transform over these inputs, its text aside. */
export const transform = (of: readonly NodeInput[], more: Partial<TransformSpec> = {}): TransformSpec => ({
  kind: 'transform',
  mode: 'full',
  sql: { template: '', place, indent: 0 },
  params: {},
  inputs: of,
  timing: null,
  timeColumn: null,
  outOfRange: 'fail',
  onChange: 'keep',
  volatile: [],
  checks: [],
  ...more,
});

function specOf(type: string, text: string, ids: ReadonlySet<string>): NodeSpec {
  if (type === 'source') {
    const columns = text
      .split(' ')
      .filter(Boolean)
      .map((name) => ({ name, type: 'INTEGER' }));
    return {
      kind: 'source',
      format: 'csv',
      path: 'f.csv',
      options: {},
      columns,
      timeColumn: null,
      freshness: null,
      checks: [],
    };
  }
  if (type === 'exposure') return { kind: 'exposure', format: 'csv', path: 'out.csv', inputs: inputs(text) };
  const named = findReferences(text, (id) => ids.has(id)).flatMap((each) => ('id' in each ? [each.id] : []));
  return transform(inputs(...new Set(named)));
}
