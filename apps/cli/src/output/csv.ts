/** Rows as RFC 4180 has them, ended by line feeds; NULL is empty, and an empty text is `""`. */
export const csvLine = (cells: readonly unknown[]): string => cells.map(csvCell).join(',');

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = cellText(value);
  return text === '' || /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A value of a row as text: nested ones as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === 'bigint' ? String(inner) : inner,
      );
  }
}
