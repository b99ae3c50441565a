import { expiry, PRODUCTION } from '@seeknal/environments';
import type { Instant } from '@seeknal/intervals';
import type { EnvironmentRecord } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

const HOUR_MS = 3_600_000;

/**
 * An environment that is used lives on: it expires so many hours from now. Within the hour nothing is written,
 * since nobody can tell the difference and a look should cost nothing.
 *
 * @param ttlHours Default 168; given, it counts at once, and may shorten a life as well.
 */
export async function renew(
  environment: EnvironmentRecord | null,
  state: ScopedState,
  now: Instant,
  ttlHours?: number,
): Promise<void> {
  if (environment === null || environment.epoch === 0 || environment.name === PRODUCTION) return;
  const expiresAt = expiry(environment.name, now, ttlHours);
  const gained = (expiresAt ?? 0) - (environment.expiresAt ?? 0);
  if (ttlHours === undefined ? gained < HOUR_MS : gained === 0) return;
  await state.touchEnvironment(environment.name, expiresAt);
}
