import type { Instant } from '@seeknal/intervals';
import type { EnvironmentRecord, NodePlan, Plan, StateView } from '@seeknal/plan';

import { PRODUCTION } from './environment-name.ts';

/** Hours that an environment lives after it was last used. */
export const TTL_HOURS = 168;
const HOUR_MS = 3_600_000;

/** What an environment is made with. */
export interface EnvironmentConfig {
  readonly name: string;
  /** The environment that a new one starts from. */
  readonly base: string;
  /** Hours that it lives after it was last used. */
  readonly ttlHours: number;
}

/** An environment as it stands. */
export interface Environment {
  readonly name: string;
  /** `promoted`: another environment shows exactly this, made from the same manifest. */
  readonly status: 'planned' | 'applied' | 'promoted';
  readonly createdAt: Instant;
  readonly switchedAt: Instant;
  /** Null: it never expires. */
  readonly expiresAt: Instant | null;
  readonly isExpired: boolean;
  /** From its newest use to its end; null: it never expires. */
  readonly ttlHours: number | null;
  /** Raised by every switch; 0 while it is only planned. */
  readonly epoch: number;
  /** Names that it shows. */
  readonly nodes: number;
  /** Names that stand for other rows than in `prod`. */
  readonly differing: number;
  /** Whether there is something to roll back to. */
  readonly hasWayBack: boolean;
  /** The newest plan that was made for it and kept. */
  readonly plan: EnvironmentPlan | null;
}

/** A plan for an environment, with what people ask of it first. */
export interface EnvironmentPlan {
  readonly environment: string;
  /** Nodes that are added, changed or removed, or whose intervals are filled. */
  readonly changes: readonly NodePlan[];
  readonly createdAt: Instant;
  /** When the environment would expire; null: never. */
  readonly expiresAt: Instant | null;
  /** `Plan for dev: 0 to add, 1 to change, 0 to remove, 1 to backfill. 3 tasks.` */
  readonly summary: string;
  readonly plan: Plan;
}

/** What is known of an environment outside the state: its newest plan, or what the Python tool left of it. */
export interface KeptEnvironment {
  readonly name: string;
  /** `applied`: by the Python tool, whose tables are not here. Promoting it asks for an apply. */
  readonly status: 'planned' | 'applied';
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly ttlHours: number | null;
  readonly plan: EnvironmentPlan | null;
}

/** When an environment used at this instant expires. */
export const expiry = (name: string, at: Instant, ttlHours: number = TTL_HOURS): Instant | null =>
  name === PRODUCTION ? null : at + ttlHours * HOUR_MS;

export const isExpired = ({ expiresAt }: Pick<EnvironmentRecord, 'expiresAt'>, now: Instant): boolean =>
  expiresAt !== null && expiresAt <= now;

export function environmentOf(
  record: EnvironmentRecord,
  { environments }: Pick<StateView, 'environments'>,
  now: Instant,
  plan: EnvironmentPlan | null = null,
): Environment {
  const { name, createdAt, switchedAt, expiresAt, epoch, pointers, previous } = record;
  const production = environments[PRODUCTION]?.pointers ?? {};
  const differs = (node: string, of: EnvironmentRecord['pointers']): boolean =>
    pointers[node]?.snapshot !== of[node]?.snapshot;
  const isPromoted = Object.values(environments).some(
    (other) =>
      other.name !== name &&
      name !== PRODUCTION &&
      typeof record.manifest === 'string' &&
      other.manifest === record.manifest &&
      !Object.keys(pointers).some((node) => differs(node, other.pointers)),
  );
  return {
    name,
    status: isPromoted ? 'promoted' : 'applied',
    createdAt,
    switchedAt,
    expiresAt,
    isExpired: isExpired(record, now),
    ttlHours: expiresAt === null ? null : TTL_HOURS,
    epoch,
    nodes: Object.keys(pointers).length,
    differing: Object.keys({ ...production, ...pointers }).filter((node) => differs(node, production)).length,
    hasWayBack: previous !== null,
    plan,
  };
}

export function environmentPlan(plan: Plan, expiresAt: Instant | null): EnvironmentPlan {
  const { add, change, remove, backfill, tasks } = plan.summary;
  const work = tasks === 1 ? '1 task' : `${tasks} tasks`;
  return {
    environment: plan.environment,
    changes: plan.nodes.filter(({ action }) => action !== 'keep'),
    createdAt: plan.createdAt,
    expiresAt,
    summary: `Plan for ${plan.environment}: ${add} to add, ${change} to change, ${remove} to remove, ${backfill} to backfill. ${work}.`,
    plan,
  };
}
