import { openProject } from '@seeknal/sdk';

/**
 * Really runs everything once: what is measured afterwards is the state as runs leave it.
 *
 * @param {string} folder
 * @param {number} now
 * @param {import('@seeknal/sdk').RunOptions} [options]
 */
export async function runEverything(folder, now, options = {}) {
  const project = await openProject(folder, { now });
  try {
    const { status, job } = await project.run(options);
    if (status !== 'success') throw new Error(`The first run: ${status}`, { cause: job?.failed[0]?.error });
  } finally {
    await project.close();
  }
}
