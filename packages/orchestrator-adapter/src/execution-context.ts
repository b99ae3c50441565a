import type { Engine, FileSource } from '@seeknal/engine';
import type { Instant, Interval } from '@seeknal/intervals';
import type { JsonObject, NodeId, Place, SqlText } from '@seeknal/manifest';
import type { ResolvedNode, Snapshot } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

/** A template rendered for one task, and the way back to the author's file. */
export interface RenderedSql {
  readonly sql: string;
  readonly placeOf: (offset: number) => Place;
}

/** The files of a source at one moment. */
export interface FoundFiles {
  readonly file: FileSource;
  /** For the ledger and the state: paths, sizes, times, hashes. */
  readonly version: JsonObject;
  /** Equal exactly for equal contents. */
  readonly contents: string;
}

/** Everything that the tasks of one run need besides themselves. */
export interface ExecutionContext {
  readonly run: string;
  /** What an exposure writes depends on it. */
  readonly environment: string;
  /** Who runs them, for the messages of others that wait: `host:pid`. */
  readonly holder: string;
  readonly now: Instant;
  readonly state: ScopedState;
  readonly engine: Engine;
  /** The nodes of the manifest that can run. */
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  /** Every snapshot that may depend on another, those of earlier manifests included. */
  readonly snapshots: readonly Snapshot[];
  /** What a node wants now: an invalidated stretch outside of it is not run again. */
  readonly wanted: (node: NodeId) => readonly Interval[];
  /** Whether invalidated stretches of a node run again in this run. */
  readonly isSelected: (node: NodeId) => boolean;
  readonly render: (node: NodeId, text: SqlText, interval: Interval | null) => Promise<RenderedSql>;
  /** Looks at a source's files; cheap where their sizes and times have not moved. */
  readonly files: (node: NodeId) => Promise<FoundFiles>;
  /** What the newest load of each source found. */
  readonly loaded: Map<NodeId, FoundFiles>;
  /** The absolute path of a file that the project names. */
  readonly absolute: (path: string) => string;
  /** Milliseconds for which a claim holds without being renewed. */
  readonly leaseMs: number;
}
