/** Reads an instant in UTC: `'2024-01-01T02:00'`, `'2024-01-01 05:00'` or a date alone. */
export const at = (text: string): number => Date.parse(`${text}Z`);

/** Shows an instant as `at` reads it. */
export const show = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().slice(0, 16);
