import type { Instant, Interval } from '@seeknal/intervals';
import type { Column, JsonObject, NodeId, Place } from '@seeknal/manifest';

/** Rows written out in a test. */
export interface GivenRows {
  readonly rows: readonly JsonObject[];
  /** Columns whose type is known; others have the type that their values look like. */
  readonly columns: readonly Column[];
  readonly place: Place;
}

/** What a node is to make of a few rows. */
export interface UnitTest {
  readonly name: string;
  readonly description: string | null;
  readonly node: NodeId;
  /** Where its name stands. */
  readonly place: Place;
  /** For every input of the node. */
  readonly inputs: { readonly [node: NodeId]: GivenRows };
  /** Only the columns named in it are compared. */
  readonly expected: GivenRows;
  /** Values that win over the params of the node. */
  readonly vars: JsonObject;
  /** What `start` and `end` stand for; null for a node without a schedule. */
  readonly interval: Interval | null;
  /** The clock, where the test has its own. */
  readonly now: Instant | null;
}
