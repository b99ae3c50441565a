import { ManifestError } from './errors.ts';
import type { Manifest } from './manifest.ts';

/**
 * Reads a manifest that `seeknal parse` wrote. Looks at its outline only: the nodes are trusted.
 *
 * @throws {ManifestError} `MANIFEST_INVALID` for a text that is no manifest.
 */
export function readManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid((error as { readonly message: string }).message);
  }
  const { metadata, nodes, edges } = (value ?? {}) as { readonly [key: string]: unknown };
  if (!isObject(metadata)) throw invalid('it has no metadata');
  if (!isObject(nodes)) throw invalid('it has no nodes');
  if (!Array.isArray(edges)) throw invalid('it has no edges');
  for (const [id, node] of Object.entries(nodes)) {
    if (!isObject(node) || node['id'] !== id) throw invalid(`its node ${id} does not say so`);
    if (!isObject(node['definition']) || !isObject(node['spec']))
      throw invalid(`its node ${id} is not whole`);
  }
  return value as Manifest;
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (what: string): ManifestError =>
  new ManifestError(
    'MANIFEST_INVALID',
    `This is not a manifest: ${what}.`,
    'Write one with: seeknal parse, or seeknal parse --target <folder>.',
  );
