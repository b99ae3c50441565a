export { columnLineage, type LineageOptions } from './column-lineage.ts';
export { LineageError, type LineageErrorCode } from './errors.ts';
export { LineageBuilder, type ColumnLineage, type LineageBuilderOptions } from './lineage-builder.ts';
export { lineageOfQuery } from './lineage-of-query.ts';
export { ManifestLineage, type Downstream, type Upstream } from './manifest-lineage.ts';
export type { ColumnOrigin, NodeColumn, NodeLineage } from './node-lineage.ts';
export { openLineage, type DatasetEvent, type OpenLineageOptions } from './open-lineage.ts';
export type { LineageProblem, OutputColumn, QueryLineage } from './query-lineage.ts';
export { downstreamOf, type Removal } from './removal.ts';
