import type { NodeId } from '@seeknal/manifest';

import type { ManifestLineage } from './manifest-lineage.ts';
import type { NodeColumn } from './node-lineage.ts';

/** A DatasetEvent of OpenLineage 2-0-2 with the facets `schema` and `columnLineage`. Plain JSON. */
export interface DatasetEvent {
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly dataset: {
    readonly namespace: string;
    readonly name: string;
    readonly facets: {
      readonly schema: Facet & { readonly fields: readonly { readonly name: string }[] };
      readonly columnLineage: Facet & {
        readonly fields: { readonly [column: string]: { readonly inputFields: readonly InputField[] } };
        /** What decides which rows there are. */
        readonly dataset: readonly InputField[];
      };
    };
  };
}

interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
}

interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly [{ readonly type: 'DIRECT' | 'INDIRECT' }];
}

export interface OpenLineageOptions {
  /** Of every dataset: `seeknal://shop`. */
  readonly namespace: string;
  /** An ISO instant. */
  readonly eventTime: string;
  /** A URI that says who made it. */
  readonly producer: string;
  /** Default: every node that reads something. */
  readonly nodes?: Iterable<NodeId>;
}

const SPEC = 'https://openlineage.io/spec';

/**
 * The lineage of nodes as static events that a catalogue of OpenLineage takes, one a node: the columns of its
 * inputs, one step up. A star stands for the columns that are listed, where there are any.
 *
 * @see https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json
 */
export function openLineage(lineage: ManifestLineage, options: OpenLineageOptions): readonly DatasetEvent[] {
  const { namespace, eventTime, producer } = options;
  const { nodes } = lineage;
  const facet = (name: string): Facet => ({
    _producer: producer,
    _schemaURL: `${SPEC}/facets/1-2-0/${name}DatasetFacet.json#/$defs/${name}DatasetFacet`,
  });
  const inputField = (type: 'DIRECT' | 'INDIRECT', from: readonly NodeColumn[]): readonly InputField[] =>
    from.flatMap(({ node, column }) => {
      const listed = column === '*' ? (nodes.get(node)?.columns ?? []) : [];
      const names = listed.length === 0 ? [column] : listed.map(({ name }) => name);
      return names.map((field): InputField => ({
        namespace,
        name: node,
        field,
        transformations: [{ type }],
      }));
    });
  const asked =
    options.nodes ?? [...nodes.values()].filter(({ inputs }) => inputs.length > 0).map(({ node }) => node);
  return [...asked]
    .flatMap((id) => nodes.get(id) ?? [])
    .map(({ node, columns, rowSources }) => ({
      eventTime,
      producer,
      schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/DatasetEvent`,
      dataset: {
        namespace,
        name: node,
        facets: {
          schema: {
            ...facet('Schema'),
            fields: columns.filter(({ name }) => name !== '*').map(({ name }) => ({ name })),
          },
          columnLineage: {
            ...facet('ColumnLineage'),
            fields: Object.fromEntries(
              columns.map(({ name, sources }) => [name, { inputFields: inputField('DIRECT', sources) }]),
            ),
            dataset: inputField('INDIRECT', rowSources),
          },
        },
      },
    }));
}
