import { join } from 'node:path';

/** Where a state keeps its files, all in one folder of one local disk. */
export interface StateFiles {
  readonly folder: string;
  /** The truth. */
  readonly state: string;
  /** The copy before the newest. */
  readonly previous: string;
  readonly lock: string;
  readonly events: string;
  /** Manifests, each a file named after the hash of its text. */
  readonly texts: string;
  /** Holds what is being written, under names that begin with the epoch it is to become. */
  readonly workshop: string;
}

export const stateFiles = (folder: string): StateFiles => ({
  folder,
  state: join(folder, 'state.json'),
  previous: join(folder, 'state.json.1'),
  lock: join(folder, 'state.lock'),
  events: join(folder, 'interval_events.jsonl'),
  texts: join(folder, 'manifests'),
  workshop: join(folder, '.state'),
});
