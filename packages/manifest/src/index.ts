export type * from './node.ts';
export type { Manifest, ManifestEdge } from './manifest.ts';
