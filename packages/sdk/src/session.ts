import { join } from 'node:path';

import type { Engine } from '@seeknal/engine';
import { reconcile, recoverSwitches } from '@seeknal/environments';
import type { SnapshotRecord } from '@seeknal/plan';
import type { ProjectSettings } from '@seeknal/project';
import type { ScopedState, StateBackend } from '@seeknal/state';

import { absolute } from './outside.ts';
import type { RunEvent } from './report.ts';
import { openState, stateSettings, type Env } from './state-settings.ts';
import { queryReader, type QueryReader } from './query-reader.ts';
import { lookAtWarehouse, noteOpening, noteWarehouse } from './warehouse-file.ts';

/** Stands for the id of a warehouse that has not been made yet. */
export const NO_WAREHOUSE = 'none yet';

/**
 * What an open project holds: its state, and its warehouse once something needs it. Both are opened at
 * most once.
 */
export class Session {
  /** Where the project writes everything. */
  readonly target: string;
  /** Hears of repairs made while opening. */
  onEvent: (event: RunEvent) => void = () => {};
  readonly #settings: ProjectSettings;
  readonly #waitMs: number;
  readonly #env: Env;
  readonly #path: string;
  #backend: Promise<StateBackend> | undefined;
  /** Reads queries for every plan of the session: a run plans twice. */
  readonly queries: QueryReader = queryReader();
  #engine: Promise<Engine> | undefined;

  constructor(settings: ProjectSettings, waitMs: number, env: Env) {
    this.#settings = settings;
    this.#waitMs = waitMs;
    this.#env = env;
    this.target = join(settings.folder, 'target');
    this.#path = absolute(settings.folder, settings.warehouse);
  }

  get hasEngine(): boolean {
    return this.#engine !== undefined;
  }

  /** The id of the warehouse: as noted where its file is as it was left, else from the warehouse itself. */
  async warehouse(): Promise<string> {
    if (this.#engine !== undefined) return (await this.#engine).warehouseId;
    const found = await lookAtWarehouse(this.#path, this.target);
    if (found.status === 'absent') return NO_WAREHOUSE;
    return found.status === 'same' ? found.note.id : (await this.engine()).warehouseId;
  }

  /** Opens the warehouse, and makes the state agree with its ledger. */
  engine(): Promise<Engine> {
    this.#engine ??= this.#openEngine().catch((error: unknown) => {
      this.#engine = undefined;
      throw error;
    });
    return this.#engine;
  }

  backend(): Promise<StateBackend> {
    this.#backend ??= this.#openBackend();
    return this.#backend;
  }

  async state(warehouse: string): Promise<ScopedState> {
    return (await this.backend()).scope({ project: this.#settings.name, warehouse });
  }

  /**
   * Makes the state of these snapshots agree with the ledger.
   *
   * @returns Whether anything had to be put right.
   */
  async repair(
    engine: Engine,
    state: ScopedState,
    snapshots: readonly SnapshotRecord[],
    isSameFile: boolean,
  ): Promise<boolean> {
    const found = await reconcile(engine, state, snapshots, isSameFile);
    const isRepaired = found.recorded + found.rebuilt > 0;
    if (isRepaired) this.onEvent({ type: 'repaired', ...found });
    return isRepaired;
  }

  /** Interrupts what runs and gives everything back. */
  async close(): Promise<void> {
    this.queries.close();
    const [opening, backend] = [this.#engine, this.#backend];
    this.#engine = undefined;
    this.#backend = undefined;
    // What failed to open has said so to whoever asked for it, and holds nothing.
    const engine = await opening?.catch(() => undefined);
    if (engine !== undefined) {
      await engine.close();
      await noteWarehouse(this.#path, this.target, engine.warehouseId, engine.openToken.current);
    }
    const opened = await backend?.catch(() => undefined);
    await opened?.close();
  }

  async #openEngine(): Promise<Engine> {
    const found = await lookAtWarehouse(this.#path, this.target);
    const { openDuckDb } = await import('@seeknal/engine-duckdb');
    const { folder, security } = this.#settings;
    const allowedDirectories = [folder];
    const engine = await openDuckDb({ path: this.#path, waitMs: this.#waitMs, security, allowedDirectories });
    try {
      await noteOpening(this.target, engine.warehouseId, engine.openToken.current);
      if (found.status === 'absent' && found.previous !== null) {
        this.onEvent({ type: 'fresh_warehouse', previous: found.previous });
      }
      const state = await this.state(engine.warehouseId);
      const note = found.status === 'absent' ? null : found.note;
      // Without a note the state may still be that of this very file; only another token tells of a stranger.
      const isSameFile = note === null || note.token === engine.openToken.previous;
      await this.repair(engine, state, Object.values((await state.read()).snapshots), isSameFile);
      const environments = await recoverSwitches(engine, state);
      if (environments.length > 0) this.onEvent({ type: 'recovered', environments });
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async #openBackend(): Promise<StateBackend> {
    const backend = await openState(await stateSettings(this.#settings, this.#env));
    await backend.initialize();
    return backend;
  }
}
