import { hostname } from 'node:os';

import type { Engine } from '@seeknal/engine';
import type { NodeId } from '@seeknal/manifest';
import type { ExecutionContext, FoundFiles } from '@seeknal/orchestrator-adapter';
import type { Project as LoadedProject, RunValues, SourceVersion } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { absolute, findFiles } from './outside.ts';
import { wantedBy, type Situation } from './situation.ts';
import { ownedByProduction } from './starting-point.ts';

/** What the templates of a run may use beside the nodes' own values. */
export interface Surroundings {
  readonly now: number;
  readonly env: { readonly [name: string]: string | undefined };
  readonly params: { readonly [name: string]: unknown };
  /** SQL that stands in for a node's own, where its rows are there already. */
  readonly instead?: (node: NodeId) => string | null;
}

/** A claim outlives a pause of its process by this much. */
const LEASE_MS = 60_000;

/** Everything that the tasks of a run need, for one situation. */
export function executionContext(
  runId: string,
  { manifest, settings }: Pick<LoadedProject, 'manifest' | 'settings'>,
  around: Surroundings,
  situation: Situation,
  state: ScopedState,
  engine: Engine,
): ExecutionContext {
  const { folder } = settings;
  const { now } = around;
  const owned = ownedByProduction(situation.view, situation.plan.environment);
  const specOf = (id: NodeId) => manifest.nodes[id]?.spec;
  const known = Object.values(situation.view.snapshots);
  const ids = new Set(known.map(({ id }) => id));
  const loading = new Set(situation.plan.tasks.map(({ node }) => node));
  // What the newest look of each found: the later the look, the more its stamps prove.
  const looked = new Map<NodeId, FoundFiles>();
  const loaded = new Map([...situation.files].filter(([id]) => !loading.has(id)));
  return {
    run: runId,
    environment: situation.plan.environment,
    holder: `${hostname()}:${process.pid}`,
    now,
    state,
    engine,
    resolved: situation.resolved,
    snapshots: [...known, ...situation.plan.snapshots.filter(({ id }) => !ids.has(id))],
    wanted: wantedBy(situation, now, situation.range),
    // What prod shows it fills itself, also where this run makes it stale.
    isSelected: (id) =>
      (situation.selected === null || situation.selected.has(id)) &&
      !owned.has(situation.resolved.get(id)?.snapshot.id ?? ''),
    render: rendering(runId, { manifest, settings }, around),
    files: async (id) => {
      const spec = specOf(id);
      if (spec?.kind !== 'source') throw new SdkError('SDK_NOT_A_SOURCE', `${id} is not a source`);
      const before = (looked.get(id) ?? situation.files.get(id))?.version ?? null;
      const found = await findFiles(folder, spec, before as SourceVersion | null);
      looked.set(id, found);
      return found;
    },
    loaded,
    absolute: (path) => absolute(folder, path),
    leaseMs: LEASE_MS,
  };
}

/** Renders the templates of a manifest's nodes. */
export function rendering(
  runId: string,
  { manifest, settings }: Pick<LoadedProject, 'manifest' | 'settings'>,
  { now, env, params, instead }: Surroundings,
): ExecutionContext['render'] {
  return async (id, text, interval) => {
    const { renderSql } = await import('@seeknal/project');
    const spec = manifest.nodes[id]?.spec;
    const own = spec?.kind === 'transform' ? spec : null;
    const other = text.template === own?.sql.template ? (instead?.(id) ?? null) : null;
    if (other !== null) return { sql: other, placeOf: () => text.place };
    const values: RunValues = {
      interval,
      timeZone: own?.timing?.timeZone ?? settings.defaults.timeZone,
      params: { ...own?.params, ...params } as RunValues['params'],
      inputs: own?.inputs ?? [],
      now,
      runId,
      env,
      project: settings.name,
      folder: settings.folder,
    };
    return renderSql(text, values);
  };
}
