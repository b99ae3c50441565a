import type { Instant } from '@seeknal/intervals';
import type { JsonObject } from '@seeknal/manifest';

/** What `seeknal_project.yml` says, defaults filled in. Variables in it are not looked up: they may be secret. */
export interface ProjectSettings {
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  /** Absolute. */
  readonly folder: string;
  /** `auto` by default: the kind of state that is there, and a file where there is none. */
  readonly stateBackend: string;
  /** What else stands under `state_backend`, `${VAR}` as written: `interpolate` puts values in. */
  readonly stateOptions: JsonObject;
  /** Of the warehouse's file; relative to the project unless absolute. */
  readonly warehouse: string;
  readonly defaults: {
    /** For incremental nodes that name none. */
    readonly schedule: string | null;
    /** For scheduled nodes that name none. */
    readonly start: Instant | null;
    readonly timeZone: string;
  };
  readonly orchestrator: JsonObject | null;
  /** `strict` locks the engine down to the project's own files. */
  readonly security: 'standard' | 'strict';
}
