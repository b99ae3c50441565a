import type { ExitCode } from '../exit-code.ts';
import { codedError, problemShown } from '../output/coded-error.ts';
import { problemText, warningLine } from '../output/error-text.ts';
import { count } from '../output/numbers.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

/** Reads the project and says everything that is wrong or doubtful in it; opens neither state nor warehouse. */
export const validate: CommandBody<object> = async (session) => {
  const { terminal, isJson } = session;
  try {
    return await withProject(
      session,
      async ({ settings, manifest, ...project }): Promise<ExitCode> => {
        const warnings = project.warnings.map(problemShown);
        const nodes = Object.keys(manifest.nodes).length;
        if (isJson) {
          const document = { valid: true, project: settings.name, nodes, problems: [], warnings };
          terminal.print(JSON.stringify(document, null, 2));
          return 0;
        }
        const { color, mark } = terminal.out;
        for (const warning of warnings) {
          terminal.print(warningLine({ ...warning, hint: undefined }, terminal.out));
          terminal.print(`${problemText(warning, terminal.out).split('\n').slice(1).join('\n')}\n`);
        }
        const doubts = warnings.length === 0 ? 'nothing wrong' : count(warnings.length, 'warning');
        const edges = count(manifest.edges.length, 'edge');
        terminal.print(
          `${color.green(mark.ok)} ${settings.name}: ${count(nodes, 'node')}, ${edges}, ${doubts}`,
        );
        return 0;
      },
      { isQuiet: true },
    );
  } catch (thrown) {
    const { code, problems } = codedError(thrown);
    if (!isJson || code !== 'PROJECT_INVALID') throw thrown;
    terminal.print(JSON.stringify({ valid: false, problems, warnings: [] }, null, 2));
    return 1;
  }
};
