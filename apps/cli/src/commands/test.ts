import type { TestOptions } from '@seeknal/sdk';

import type { ExitCode } from '../exit-code.ts';
import { testJson, testSummary, testText } from '../output/test-text.ts';
import type { CommandBody } from '../program.ts';
import { withProject } from '../session.ts';

export interface TestFlags {
  readonly select?: readonly string[];
  readonly affected?: boolean;
  readonly env?: string;
  readonly maxWorkers?: number;
  readonly params?: { readonly [name: string]: unknown };
}

/** Runs the tests below `tests/`, in memory. */
export const test: CommandBody<TestFlags> = async (session, names, flags) => {
  const { terminal, io, isJson, isVerbose } = session;
  const { signal, release } = io.interruption();
  const options: TestOptions = {
    names,
    signal,
    ...(flags.select !== undefined && { select: flags.select }),
    ...(flags.affected !== undefined && { affected: flags.affected }),
    ...(flags.env !== undefined && { environment: flags.env }),
    ...(flags.maxWorkers !== undefined && { maxWorkers: flags.maxWorkers }),
  };
  return withProject(
    session,
    async (project): Promise<ExitCode> => {
      const report = await project.test(options);
      const isPassed = report.tests.every(({ status }) => status === 'passed');
      if (isJson) {
        const document = { passed: isPassed, tests: report.tests.map(testJson), notRun: report.left };
        terminal.print(JSON.stringify(document, bigintsAsText, 2));
      } else {
        const { folder } = project.settings;
        for (const result of report.tests) terminal.print(testText(result, terminal.out, isVerbose, folder));
        terminal.say(
          report.tests.length + report.left === 0
            ? 'There are no tests: they stand in the YAML files below tests/.'
            : testSummary(report),
        );
      }
      if (signal.aborted) return 130;
      return isPassed ? 0 : 1;
    },
    { isQuiet: true, params: flags.params },
  ).finally(release);
};

const bigintsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
