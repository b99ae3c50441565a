import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface DataFlags {
  readonly data?: boolean;
  readonly key?: readonly string[];
  readonly limit?: number;
  readonly detailedExitcode?: boolean;
}

interface Sides {
  readonly environment: string | undefined;
  readonly other: string | undefined;
  readonly node: string | undefined;
}

/** Which rows of two environments differ, in one node or in all. */
export const diffData = (
  session: Parameters<CommandBody<DataFlags>>[0],
  { environment, other = 'prod', node }: Sides,
  { key, limit, detailedExitcode = false }: DataFlags,
): ReturnType<CommandBody<DataFlags>> => {
  if (environment === undefined) {
    throw CliError.usage(
      'There is nothing to compare: --data needs an environment.',
      'Name one, or two and a node: seeknal diff --data dev prod daily',
    );
  }
  return withProject(
    session,
    async (project) => {
      const { terminal, isJson } = session;
      const found = await project.diffData(environment, other, node ?? null, {
        ...(key !== undefined && { keys: key }),
        ...(limit !== undefined && { examples: limit }),
      });
      if (isJson) {
        const safe = (_key: string, value: unknown): unknown =>
          typeof value === 'bigint' ? String(value) : value;
        terminal.print(JSON.stringify(found, safe, 2));
      } else {
        const { dataDiffLines } = await import('../output/data-diff-text.ts');
        for (const line of dataDiffLines(found, node !== undefined, terminal.out)) terminal.print(line);
      }
      return detailedExitcode && found.differs ? 2 : 0;
    },
    { isQuiet: true },
  );
};
