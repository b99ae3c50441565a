import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Manifest } from '@seeknal/manifest';

import type { ExitCode } from '../exit-code.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface ParseFlags {
  readonly path?: string;
  readonly target?: string;
  readonly diff?: boolean;
}

interface Difference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Writes the manifest, in the form of the Python tool and beyond; what is applied is left alone. */
export const parse: CommandBody<ParseFlags> = (session, _args, { path, target, diff = true }) =>
  withProject(
    path === undefined ? session : { ...session, folder: resolve(session.io.cwd, path) },
    async (project): Promise<ExitCode> => {
      const { manifest, settings } = project;
      const { terminal, isJson, io } = session;
      const folder = target === undefined ? join(settings.folder, 'target') : resolve(io.cwd, target);
      const file = join(folder, 'manifest.json');
      const before = diff ? await fingerprints(file) : null;
      await mkdir(folder, { recursive: true });
      const beside = `${file}.${process.pid}.tmp`;
      await writeFile(beside, `${JSON.stringify(manifest, null, 2)}\n`);
      await rename(beside, file);
      const difference = before === null ? null : differenceTo(manifest, before);
      const nodes = Object.keys(manifest.nodes).length;
      if (isJson) {
        terminal.print(
          JSON.stringify({ manifest: file, nodes, edges: manifest.edges.length, difference }, null, 2),
        );
        return 0;
      }
      const { color, mark } = terminal.out;
      const size = `${count(nodes, 'node')}, ${count(manifest.edges.length, 'edge')}`;
      terminal.print(`${color.green(mark.ok)} ${file}: ${size}`);
      if (difference === null) return 0;
      for (const [sign, ids] of [
        [color.green('+'), difference.added],
        [color.yellow('~'), difference.changed],
        [color.red('-'), difference.removed],
      ] as const) {
        for (const id of ids) terminal.print(`  ${sign} ${id}`);
      }
      return 0;
    },
  );

/** Node id → fingerprint of a manifest written before; null where there is none that can be read. */
async function fingerprints(file: string): Promise<ReadonlyMap<string, unknown> | null> {
  try {
    const { nodes } = JSON.parse(await readFile(file, 'utf8')) as {
      nodes: Record<string, { fingerprint?: unknown }>;
    };
    return new Map(Object.entries(nodes).map(([id, { fingerprint }]) => [id, fingerprint]));
  } catch {
    // Written by nobody yet, or by a tool that writes it otherwise: there is nothing to compare with.
    return null;
  }
}

function differenceTo({ nodes }: Manifest, before: ReadonlyMap<string, unknown>): Difference {
  const ids = Object.keys(nodes);
  return {
    added: ids.filter((id) => !before.has(id)),
    changed: ids.filter((id) => before.has(id) && before.get(id) !== nodes[id]?.fingerprint),
    removed: [...before.keys()].filter((id) => !(id in nodes)),
  };
}
