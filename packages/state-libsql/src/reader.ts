import type { StateDocument } from '@seeknal/state';
import { sql, type SQL } from 'drizzle-orm';

import type { Changes } from './changes.ts';
import type { Failure } from './connection-failure.ts';
import type { Answers, Connection } from './connection.ts';
import type { Part } from './focus.ts';
import type { Basis } from './guard.ts';
import { NOW_MS } from './migrate.ts';
import { emptyReading, partReader, type PartReader } from './part-reader.ts';
import { runState, stateMeta, statePart } from './schema.ts';
import { ScopeCopy } from './scope-copy.ts';
import { numberOf, statement, textOf, type Statement } from './statement.ts';

/** A moment of some parts of the state. */
export interface Moment {
  readonly document: StateDocument;
  readonly basis: Basis;
  /** The server's clock; null when this moment was not read but remembered. */
  readonly now: number | null;
}

type Plain = Exclude<Part, { kind: 'everything' }>;

/** The parts that were asked for, and those that this comes down to. */
interface Wish {
  readonly parts: readonly Part[];
  readonly plain: readonly Plain[];
}

const READ_META = statement(sql`SELECT epoch, token, ${NOW_MS} AS now FROM ${stateMeta}`);

/** Reads parts of the state, and of scopes only what is new. */
export class Reader {
  readonly #connection: Connection;
  readonly #copies = new Map<string, ScopeCopy>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  copyOf(key: string): ScopeCopy {
    const known = this.#copies.get(key);
    if (known) return known;
    const copy = new ScopeCopy(key);
    this.#copies.set(key, copy);
    return copy;
  }

  /** What is known without asking; null when something has to be read. */
  remembered(parts: readonly Part[]): Moment | null {
    const scopes: { [key: string]: StateDocument['scopes'][string] } = {};
    for (const part of parts) {
      if (part.kind !== 'scope' || !this.copyOf(part.key).isComplete) return null;
      scopes[part.key] = this.copyOf(part.key).document;
    }
    const reading = emptyReading();
    const document = { ...reading.document, scopes };
    return { document, basis: this.#basis(parts, 0, reading.rows), now: null };
  }

  async read(parts: readonly Part[], deadline: number): Promise<Moment> {
    const plain = parts.filter((part): part is Plain => part.kind !== 'everything');
    if (plain.length < parts.length) return this.#everything(parts, deadline);
    return this.#moment({ parts, plain }, deadline);
  }

  async #moment(wish: Wish, deadline: number): Promise<Moment> {
    for (;;) {
      const { statements, take } = this.statements(wish);
      const moment = take(await this.#connection.read(statements, deadline));
      if (moment) return moment;
    }
  }

  /** Reads part after part, since all at once may be more than an answer holds, until nobody wrote meanwhile. */
  async #everything(parts: readonly Part[], deadline: number): Promise<Moment> {
    for (let attempt = 0; ; attempt += 1) {
      const moments: Moment[] = [];
      for (const part of await this.#allParts(deadline)) {
        moments.push(await this.#moment({ parts, plain: [part] }, deadline));
      }
      const [first, last] = [moments[0], moments.at(-1)];
      if (first && last && first.basis.epoch === last.basis.epoch) {
        const documents = moments.map(({ document }) => document);
        return { ...last, document: documents.reduce(together) };
      }
      await this.#connection.pause(attempt, deadline, crowded(this.#connection.target.label));
    }
  }

  /**
   * Statements that read the parts, as a tail of a batch that writes.
   *
   * @param token Of that write: when it was taken, only what others wrote to scopes is read.
   */
  tail(parts: readonly Part[], token: string): ReturnType<Reader['statements']> {
    const plain = parts.filter((part): part is Plain => part.kind !== 'everything');
    const tail = this.statements(
      { parts, plain },
      {
        own: sql`(SELECT epoch FROM ${stateMeta} WHERE token = ${token})`,
        unless: sql`(SELECT token FROM ${stateMeta}) <> ${token}`,
      },
    );
    return plain.length === parts.length ? tail : { ...tail, take: () => null };
  }

  /** Takes over what this process wrote; what others wrote before it is to be taken next. */
  wrote(changes: Changes): void {
    for (const scope of changes.scopes) this.copyOf(scope.key).wrote(scope);
  }

  /** `take` answers null when there is more to read. */
  statements(
    { parts, plain }: Wish,
    options: { readonly own?: SQL; readonly unless?: SQL } = {},
  ): { readonly statements: readonly Statement[]; readonly take: (answers: Answers) => Moment | null } {
    const readers: readonly PartReader[] = plain.map((part) =>
      partReader(part, { copyOf: (key) => this.copyOf(key), ...options }),
    );
    return {
      statements: [READ_META, ...readers.flatMap((reader) => reader.statements)],
      take: ([metas = [], ...answers]) => {
        const meta = metas[0];
        const epoch = numberOf(meta, 'epoch');
        const reading = emptyReading();
        let at = 0;
        for (const reader of readers) {
          reader.take(answers.slice(at, at + reader.statements.length), reading, epoch);
          at += reader.statements.length;
        }
        if (!reading.isComplete) return null;
        return {
          document: reading.document,
          basis: this.#basis(parts, epoch, reading.rows),
          now: numberOf(meta, 'now'),
        };
      },
    };
  }

  #basis(parts: readonly Part[], epoch: number, rows: ReadonlyMap<string, number>): Basis {
    const copies = [...this.#copies.values()];
    const asked = new Set(parts.flatMap((part) => (part.kind === 'scope' ? [part.key] : [])));
    const versions = copies.filter(({ key }) => asked.has(key)).map(({ version }) => version);
    return {
      parts,
      epoch,
      rows,
      scopes: new Map(copies.map(({ key, known }) => [key, known])),
      newest: Math.max(0, ...rows.values(), ...versions),
    };
  }

  async #allParts(deadline: number): Promise<readonly Plain[]> {
    const [runs = [], scopes = []] = await this.#connection.read(
      [
        statement(sql`SELECT run_id FROM ${runState}`),
        statement(sql`SELECT name FROM ${statePart} WHERE name LIKE '[%'`),
      ],
      deadline,
    );
    return [
      { kind: 'runs' },
      ...runs.map((row) => ({ kind: 'nodes', run: textOf(row, 'run_id') }) as const),
      ...scopes.map((row) => ({ kind: 'scope', key: textOf(row, 'name'), only: null }) as const),
      { kind: 'locks' },
    ];
  }
}

const together = (a: StateDocument, b: StateDocument): StateDocument => ({
  runs: [...a.runs, ...b.runs],
  nodes: { ...a.nodes, ...b.nodes },
  locks: { ...a.locks, ...b.locks },
  lockFence: Math.max(a.lockFence, b.lockFence),
  scopes: { ...a.scopes, ...b.scopes },
});

/** Others write all the time. */
export const crowded = (label: string): Failure => ({
  kind: 'busy',
  code: 'STATE_UNREACHABLE',
  message: `Other processes write the state all the time: ${label}`,
  hint: 'Run the command again.',
});
