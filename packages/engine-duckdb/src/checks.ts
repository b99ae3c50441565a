import { EngineError, type CheckResult, type RenderedCheck } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';
import type { Column, Json } from '@seeknal/manifest';

import { findColumn, nearestHint } from './columns.ts';
import type { FailureContext } from './failures.ts';
import type { Session } from './session.ts';
import { literal, quoteName, quoteText, timeTypeOf } from './sql-text.ts';
import { splitStatements } from './statements.ts';

/**
 * Runs checks over `__THIS__`.
 *
 * @throws {EngineError} `ENGINE_CHECK_FAILED` with every result when one of severity error failed;
 *   `ENGINE_SQL` when a check names a column that is not there, or its own SQL fails.
 */
export async function runChecks(...args: Parameters<typeof checkRows>): Promise<readonly CheckResult[]> {
  const results = await checkRows(...args);
  const failed = results.filter(({ severity, failures }) => severity === 'error' && failures > 0);
  if (failed.length > 0) {
    const list = failed.map(({ message, failures }) => `${message} (${failures})`).join('; ');
    throw new EngineError(
      'ENGINE_CHECK_FAILED',
      `${failed.length === 1 ? 'A check' : `${failed.length} checks`} failed: ${list}`,
      {
        checks: results,
        hint: 'Nothing was published. Look at the rows with seeknal query, or set the severity to warn.',
      },
    );
  }
  return results;
}

/**
 * What checks find in `__THIS__`.
 *
 * @throws {EngineError} `ENGINE_SQL` when a check names a column that is not there, or its own SQL fails.
 */
export async function checkRows(
  session: Session,
  checks: readonly RenderedCheck[],
  columns: readonly Column[],
  now: Instant,
  context: FailureContext,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const at = `${check.place.file}:${check.place.line}`;
    const [failures] = await session.row(checkText(check, columns, now, at), {
      ...context,
      prefix: `${context.prefix ?? ''}Check ${check.type} at ${at}: `,
      offsetOf: () => undefined,
    });
    results.push({
      type: check.type,
      severity: check.severity,
      message: check.message ?? defaultMessage(check),
      place: check.place,
      failures: Number(failures ?? 0),
    });
  }
  return results;
}

/** A SELECT of one number: how many rows break the check. */
function checkText(check: RenderedCheck, columns: readonly Column[], now: Instant, at: string): string {
  const column = (name: string): Column => {
    const found = findColumn(columns, name);
    if (found !== undefined) return found;
    throw new EngineError(
      'ENGINE_SQL',
      `The check ${check.type} at ${at} names the column ${name}, which is not there.`,
      {
        hint: nearestHint(name, columns),
      },
    );
  };
  const name = (of: string): string => quoteName(column(of).name);
  const broken = (condition: string): string => `SELECT count(*) FROM "__THIS__" WHERE ${condition}`;
  switch (check.type) {
    case 'not_null':
      return broken(check.columns.map((of) => `${name(of)} IS NULL`).join(' OR '));
    case 'unique': {
      const keys = check.columns.map(name);
      const known = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
      return `SELECT coalesce(sum(n), 0)::BIGINT FROM (
        SELECT count(*) AS n FROM "__THIS__" WHERE ${known} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`;
    }
    case 'accepted_values': {
      if (check.values.length === 0)
        return broken(check.columns.map((of) => `${name(of)} IS NOT NULL`).join(' OR '));
      const accepted = (of: string): string =>
        check.values.map((value) => valueText(value, column(of))).join(', ');
      return broken(check.columns.map((of) => `${name(of)} NOT IN (${accepted(of)})`).join(' OR '));
    }
    case 'row_count': {
      const bounds = [
        ...(check.min === null ? [] : [`count(*) < ${check.min}`]),
        ...(check.max === null ? [] : [`count(*) > ${check.max}`]),
      ];
      return `SELECT (${bounds.join(' OR ') || 'false'})::INTEGER FROM "__THIS__"`;
    }
    case 'range': {
      const of = column(check.column);
      const bounds = [
        ...(check.min === null ? [] : [`${quoteName(of.name)} < ${valueText(check.min, of)}`]),
        ...(check.max === null ? [] : [`${quoteName(of.name)} > ${valueText(check.max, of)}`]),
      ];
      return broken(bounds.join(' OR ') || 'false');
    }
    case 'freshness': {
      const of = column(check.column);
      if (timeTypeOf(of.type) === null) {
        throw new EngineError(
          'ENGINE_TIME_COLUMN',
          `The check freshness at ${at} needs a time; ${of.name} is ${of.type}.`,
        );
      }
      const newest = `epoch_ms(CAST(max(${quoteName(of.name)}) AS TIMESTAMP))`;
      return `SELECT (coalesce(${newest}, ${-Number.MAX_SAFE_INTEGER}) < ${now - check.maxAgeMs})::INTEGER FROM "__THIS__"`;
    }
    case 'sql': {
      const [statement, second] = splitStatements(check.sql);
      if (statement === undefined || second !== undefined) {
        throw new EngineError('ENGINE_SQL', `The check at ${at} has to be exactly one SELECT.`);
      }
      return `SELECT count(*) FROM (\n${statement.text}\n)`;
    }
  }
}

/** A value as a literal that compares with the column: a number against text is compared as text. */
const valueText = (value: Json, { type }: Column): string =>
  type === 'VARCHAR' && (typeof value === 'number' || typeof value === 'boolean')
    ? quoteText(String(value))
    : literal(value);

function defaultMessage(check: RenderedCheck): string {
  switch (check.type) {
    case 'not_null':
      return `${check.columns.join(', ')} must not be null`;
    case 'unique':
      return `${check.columns.join(', ')} must be unique`;
    case 'accepted_values':
      return `${check.columns.join(', ')} must be one of ${check.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'row_count':
      return `the number of rows must be ${boundsText(check.min, check.max)}`;
    case 'range':
      return `${check.column} must be ${boundsText(check.min, check.max)}`;
    case 'freshness':
      return `the newest ${check.column} must be at most ${Math.round(check.maxAgeMs / 3_600_000)} hours old`;
    case 'sql':
      return 'the query must return no rows';
  }
}

function boundsText(min: Json, max: Json): string {
  if (min === null) return `at most ${JSON.stringify(max)}`;
  if (max === null) return `at least ${JSON.stringify(min)}`;
  return `from ${JSON.stringify(min)} to ${JSON.stringify(max)}`;
}
