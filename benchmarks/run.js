/** Runs every benchmark, each in a process of its own, or those that the arguments name. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ALL = [
  'task-overhead',
  'heavy-task',
  'nothing-to-do',
  'planning',
  'plan-changes',
  'environments',
  'intervals',
  'sql-change',
  'lineage',
  'shared-state',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${ALL.join(', ')}.`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : ALL) {
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], {
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '12' },
  });
  if (status !== 0) process.exit(status ?? 1);
}
