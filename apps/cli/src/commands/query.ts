import type { ExitCode } from '../exit-code.ts';
import { orInterrupted } from '../interrupted.ts';
import { cellText, csvLine } from '../output/csv.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface QueryFlags {
  readonly csv?: boolean;
  readonly limit?: number;
  readonly env?: string;
}

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/u;

/** Rows of a SELECT over the views. */
export const query: CommandBody<QueryFlags> = async (session, [sql = ''], { csv, limit, env }) => {
  const { terminal, io, isJson } = session;
  const { signal, release } = io.interruption();
  const result = await withProject(
    session,
    (project) => {
      const rows = project.query(sql, {
        signal,
        ...(limit !== undefined && { limit }),
        ...(env !== undefined && { environment: env }),
      });
      return orInterrupted(rows, signal, () => true);
    },
    { isQuiet: true },
  ).finally(release);
  const { columns, rows, truncated } = result;
  if (isJson) {
    const safe = (_key: string, value: unknown): unknown =>
      typeof value === 'bigint' ? String(value) : value;
    terminal.print(JSON.stringify({ columns, rows, truncated }, safe, 2));
  } else if (csv === true) {
    terminal.print(csvLine(columns.map(({ name }) => name)));
    for (const row of rows) terminal.print(csvLine(row));
  } else {
    const { table } = await import('../output/table.ts');
    const heads = columns.map(({ name, type }) => ({ name, isNumber: NUMBERS.test(type) }));
    terminal.print(
      table(
        heads,
        rows.map((row) => row.map(cellText)),
        terminal.out,
      ),
    );
    terminal.say(terminal.err.color.dim(`(${count(rows.length, 'row')})`));
  }
  if (truncated) {
    const { color, mark } = terminal.err;
    terminal.say(
      `${color.yellow(mark.warning)} There are more rows: only ${rows.length} are shown. Raise --limit.`,
    );
  }
  return 0 satisfies ExitCode;
};
