import { existsSync, readFileSync } from 'node:fs';

import type { NodePlan } from '@seeknal/plan';

import type { Graph, Models } from './sqlmesh-models.ts';

/** Behaviour observed in SQLMesh's tests, described as data; read by its keys, whatever the case is called. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly inputs: Inputs;
  readonly expected: { readonly [key: string]: unknown } | string;
}

export interface Inputs {
  readonly graph?: Graph;
  readonly old?: Models;
  readonly new?: Models;
  readonly plan_flags?: { readonly is_dev?: boolean; readonly forward_only?: boolean };
  /** What stands in prod already, and how its newest change got there. */
  readonly existing?: { readonly [name: string]: Existing };
  readonly added?: readonly string[];
  /** `projection 'foo' AS foo appended to sushi.customers`, `owner of sushi.orders`. */
  readonly change?: string;
  /** By model: `BREAKING (explicit choice)`, `projection added`. */
  readonly changes?: { readonly [name: string]: string };
  readonly forward_only_model?: string;
  readonly auto_categorization_enabled?: boolean;
  readonly [key: string]: unknown;
}

interface Existing {
  readonly category?: string;
  readonly forward_only?: boolean;
  readonly paused?: boolean;
}

const file = new URL('../../../../../shared/cases/sqlmesh-cases.json', import.meta.url);
const all: readonly Case[] = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : [];

/** False where the cases, which stand beside the repository, are absent. */
export const hasCases: boolean = all.length > 0;

export const casesOf = (kind: string): readonly Case[] => all.filter((each) => each.kind === kind);

/** What is found of one thing that a case says. */
export interface Answer {
  readonly what: string;
  readonly theirs: unknown;
  readonly ours: unknown;
  /** Null: they agree. */
  readonly reason: string | null;
}

export function print(
  kind: string,
  answers: readonly (readonly [id: string, answers: readonly Answer[]])[],
): void {
  const asked = answers.filter(([, each]) => each.length > 0);
  const agreed = asked.filter(([, each]) => each.every(({ reason }) => reason === null)).length;
  const notAsked = answers.length - asked.length;
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const lines = asked.flatMap(([id, each]) =>
    each.map(
      ({ what, theirs, ours, reason }) =>
        `  ${id} ${what}: ${reason === null ? 'agrees' : 'differs'} (${text(theirs)}, ours ${text(ours)})${reason === null ? '' : `: ${reason}`}\n`,
    ),
  );
  const rest = notAsked === 0 ? '' : `, ${notAsked} not asked`;
  process.stdout.write(`${kind}: ${agreed} of ${asked.length} agree${rest}\n${lines.join('')}`);
}

/** What becomes of a node's table, in their words; NEW where there was none. */
export function categoryOf(line: NodePlan | undefined): string {
  if (line === undefined) return 'no such node';
  if (line.action === 'add') return 'NEW';
  if (line.category === 'METADATA') return 'METADATA';
  if (line.category === null) return line.path.length > 0 ? 'INDIRECT_NON_BREAKING' : 'UNCHANGED';
  return line.path.length > 0 ? `INDIRECT_${line.category}` : line.category;
}

/** Ours that come to the same: the table is made anew by the node's own change or another's, or is kept. */
const SAME: { readonly [theirs: string]: readonly string[] } = {
  BREAKING: ['BREAKING', 'NEW'],
  INDIRECT_NON_BREAKING: ['INDIRECT_NON_BREAKING', 'METADATA', 'UNCHANGED'],
  METADATA: ['METADATA', 'UNCHANGED', 'INDIRECT_NON_BREAKING'],
};

export const agreesOn = (theirs: string, ours: string): boolean => (SAME[theirs] ?? [theirs]).includes(ours);
