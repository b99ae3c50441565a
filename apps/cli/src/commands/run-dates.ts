/** Flags that say when, in the spellings of this tool and of the Python one. */
export interface DateFlags {
  readonly start?: string;
  readonly end?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly backfill?: boolean;
  readonly params?: { readonly [name: string]: unknown };
}

/**
 * What `--start-date` and `--end-date` mean: the values of `{{ start_date }}` and `{{ end_date }}`, as in the
 * Python tool. Under `--backfill` without `--start` and `--end` they are the range.
 */
export function withDates<F extends DateFlags>(flags: F): F {
  const { startDate, endDate, start, end, backfill } = flags;
  if (startDate === undefined && endDate === undefined) return flags;
  if (backfill === true && start === undefined && end === undefined) {
    return {
      ...flags,
      ...(startDate !== undefined && { start: startDate }),
      ...(endDate !== undefined && { end: endDate }),
    };
  }
  return {
    ...flags,
    params: {
      ...(startDate !== undefined && { start_date: startDate }),
      ...(endDate !== undefined && { end_date: endDate }),
      ...flags.params,
    },
  };
}
