import { openProject } from '../open-project.ts';

// A process of its own that applies an environment and promotes it: what the crash tests kill.
const [folder = '', day = '1', ...steps] = process.argv.slice(2);
const waitMs = Number(process.env['WAIT_MS'] ?? 0);
for (const step of steps) {
  const project = await openProject(folder, { now: Date.UTC(2024, 0, Number(day), 5), waitMs });
  try {
    const [what, name = ''] = step.split(':');
    if (what === 'apply') process.stdout.write(`${(await project.apply(name)).status}\n`);
    else process.stdout.write(`${(await project.environments.promote(name)).isDone}\n`);
  } finally {
    await project.close();
  }
}
