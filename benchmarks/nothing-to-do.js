/**
 * A run with nothing to do over a project of a thousand nodes, half of them with ten years of days done: a
 * cold process each time, through the command and through the SDK, with the manifest cached and without.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { coldProcess } from './cold-process.js';
import { NOW, writeGeneratedProject } from './generated-project.js';
import { alternate, megabytes, ms, printTable, ratio, seconds, timed } from './measure.js';
import { removeFolder, scratchFolder } from './project-folder.js';
import { runEverything } from './run-everything.js';

const NODES = 1000;
const ROUNDS = 9;

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const folder = await scratchFolder();
try {
  const project = join(folder, 'project');
  await writeGeneratedProject(project, NODES);
  const first = await timed(() => runEverything(project, NOW));

  const process = (args) => async () => {
    const { wall, peak } = await coldProcess(args, {
      cwd: project,
      scratch: folder,
      env: { SEEKNAL_NOW: new Date(NOW).toISOString() },
    });
    return { wall, peak };
  };
  const sdk = process([path('./sdk-run.js'), project, String(NOW)]);
  const command = process([path('../apps/cli/bin/seeknal.js'), 'run']);
  const withoutCache = (run) => async () => {
    await rm(join(project, 'target', 'cache'), { recursive: true, force: true });
    return run();
  };
  // A file changed within two seconds counts as doubtful, and is read to be sure.
  await new Promise((resolve) => {
    setTimeout(resolve, 2500);
  });
  await sdk();
  const measured = await alternate(
    {
      'node -e 0': process(['-e', '0']),
      'sdk, without the cache': withoutCache(sdk),
      'sdk, cached': sdk,
      'seeknal run, without the cache': withoutCache(command),
      'seeknal run, cached': command,
    },
    ROUNDS,
  );
  const bare = measured['node -e 0'];
  printTable(
    `Nothing to do: ${NODES} nodes, cold process (goals: 0.5 s cached, 1.5 s without; the first run took ${seconds(first)})`,
    [
      ['', 'wall', 'beside node', 'peak memory'],
      ...Object.entries(measured).map(([name, { wall, peak }]) => [
        name,
        ms(wall),
        ratio(wall / bare.wall),
        megabytes(peak),
      ]),
    ],
  );
} finally {
  await removeFolder(folder);
}
