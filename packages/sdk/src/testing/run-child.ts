import { openProject } from '../open-project.ts';

// A process of its own that runs a project once: what the crash tests kill.
const [folder = '', day = '1', workers = '4'] = process.argv.slice(2);
const project = await openProject(folder, { now: Date.UTC(2024, 0, Number(day), 5) });
try {
  const report = await project.run({ maxWorkers: Number(workers) });
  process.stdout.write(`${report.status}\n`);
} finally {
  await project.close();
}
