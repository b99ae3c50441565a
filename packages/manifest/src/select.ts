import { manifestGraph } from './assemble.ts';
import { ManifestError } from './errors.ts';
import { withAncestors, withDescendants } from './graph.ts';
import { nearest } from './nearest.ts';
import type { Manifest } from './manifest.ts';
import type { ManifestNode, NodeId } from './node.ts';

/**
 * The nodes that any of the selectors names. A selector is `name`, `kind.name`, `tag:x`, `kind:source`,
 * `path:seeknal/daily/*`, `state:modified` or a glob over ids and names; a leading `+` adds everything it
 * reads, a trailing `+` everything that reads it; several joined by commas mean the union.
 *
 * @param modified What `state:modified` stands for; without it that selector is an error.
 * @throws {ManifestError} `SELECTOR_INVALID` for one that cannot be read, `SELECTOR_EMPTY` for one that
 *   matches nothing, so that a misspelt name never silently selects nothing.
 */
export function select(
  manifest: Manifest,
  selectors: readonly string[],
  modified?: ReadonlySet<NodeId>,
): ReadonlySet<NodeId> {
  const selected = new Set<NodeId>();
  const of = manifestGraph(manifest);
  for (const selector of selectors.flatMap((text) => text.split(','))) {
    const match = /^(\+?)(.+?)(\+?)$/.exec(selector.trim());
    if (match === null) {
      throw new ManifestError(
        'SELECTOR_INVALID',
        `Not a selector: ${JSON.stringify(selector)}`,
        SELECTOR_FORMS,
      );
    }
    const [, up, term, down] = match as unknown as [string, string, string, string];
    const matches = matcher(term, modified);
    const own = Object.values(manifest.nodes)
      .filter(matches)
      .map(({ id }) => id);
    if (own.length === 0 && term !== 'state:modified') throw nothingMatches(manifest, term);
    for (const id of own) selected.add(id);
    if (up === '+') for (const id of withAncestors(of, own)) selected.add(id);
    if (down === '+') for (const id of withDescendants(of, own)) selected.add(id);
  }
  return selected;
}

const SELECTOR_FORMS =
  'Use a name, kind.name, tag:x, kind:source, path:…, state:modified or a glob, with + before or after it.';

function matcher(term: string, modified: ReadonlySet<NodeId> | undefined): (node: ManifestNode) => boolean {
  const [method, value] = term.includes(':') ? split(term) : ['', term];
  switch (method) {
    case '': {
      const matches = glob(value);
      return ({ id, name }) => matches(id) || matches(name);
    }
    case 'tag': {
      const matches = glob(value);
      return ({ tags }) => tags.some(matches);
    }
    case 'kind':
    case 'type': {
      const matches = glob(value);
      return ({ type }) => matches(type);
    }
    case 'path': {
      const matches = glob(value.replace(/\/$/u, ''));
      const below = glob(`${value.replace(/\/$/u, '')}/*`);
      return ({ file_path }) => matches(file_path) || below(file_path);
    }
    case 'state':
      if (value === 'modified' && modified !== undefined) return ({ id }) => modified.has(id);
  }
  throw new ManifestError('SELECTOR_INVALID', `Not a selector: ${JSON.stringify(term)}`, SELECTOR_FORMS);
}

function split(term: string): [string, string] {
  const colon = term.indexOf(':');
  return [term.slice(0, colon), term.slice(colon + 1)];
}

/** `*` stands for any characters, `?` for one; the case of letters does not matter. */
function glob(pattern: string): (text: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/gu, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'iu');
  return (text) => expression.test(text);
}

function nothingMatches(manifest: Manifest, term: string): ManifestError {
  const names = Object.values(manifest.nodes).flatMap(({ id, name, tags }) => [
    id,
    name,
    ...tags.map((tag) => `tag:${tag}`),
  ]);
  const close = nearest(term, names);
  return new ManifestError(
    'SELECTOR_EMPTY',
    `No node matches ${JSON.stringify(term)}`,
    close === null ? 'List the nodes with: seeknal list' : `Did you mean ${close}?`,
  );
}
