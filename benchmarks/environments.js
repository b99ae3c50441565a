/**
 * A new environment over a project of a thousand nodes of which one changed, and the same over two thousand:
 * what planning, applying and promoting cost, in time and in statements that change the warehouse.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openProject } from '@seeknal/sdk';

import { NOW, writeGeneratedProject } from './generated-project.js';
import { ms, printTable, seconds, timed } from './measure.js';
import { removeFolder, scratchFolder } from './project-folder.js';

const CHANGED = 'seeknal/transforms/double_0000.yml';

for (const nodes of [1000, 2000]) {
  const folder = await scratchFolder();
  try {
    await writeGeneratedProject(folder, nodes);
    const first = await timed(() => using((project) => project.run()));
    const file = join(folder, CHANGED);
    await writeFile(file, (await readFile(file, 'utf8')).replace('2 * sum', '3 * sum'));
    const rows = [];
    const step = async (name, use) => {
      let result;
      const wall = await timed(async () => {
        result = await using(use);
      });
      const tasks = result.job?.done.length ?? result.tasks ?? 0;
      rows.push([
        name,
        ms(wall),
        String(tasks),
        String(result.switched?.length ?? 0),
        String(result.statements ?? 0),
      ]);
    };
    await step('plan dev', async (project) => {
      await project.plan({ environment: 'dev' });
      return {};
    });
    await step('apply dev (made)', (project) => project.apply('dev'));
    await step('apply dev (nothing to do)', (project) => project.apply('dev'));
    await step('promote dev', (project) => project.environments.promote('dev'));
    await writeFile(file, (await readFile(file, 'utf8')).replace('3 * sum', '4 * sum'));
    await step('apply dev (one more change)', (project) => project.apply('dev'));
    await step('delete dev', async (project) => {
      await project.environments.delete('dev');
      return {};
    });
    printTable(`Environments: ${nodes} nodes, one changed (its first run took ${seconds(first)})`, [
      ['', 'wall', 'tasks', 'views', 'statements'],
      ...rows,
    ]);

    async function using(use) {
      const project = await openProject(folder, { now: NOW });
      try {
        return await use(project);
      } finally {
        await project.close();
      }
    }
  } finally {
    await removeFolder(folder);
  }
}
