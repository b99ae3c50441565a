// Child process: adds its own hours to one node and raises one environment's epoch, each many times.
import { openStateFile } from './file-backend.ts';

const [folder, index, times] = process.argv.slice(2);
const state = openStateFile({ folder });
const scope = state.scope({ project: 'p', warehouse: 'w' });
for (let n = 0; n < Number(times); n += 1) {
  const hour = Number(index) * Number(times) + n;
  await state.addCompletedInterval('r', 'n', 2 * hour, 2 * hour + 1);
  for (let isDone = false; !isDone;) {
    const expectedEpoch = (await scope.read()).environments.prod?.epoch ?? 0;
    try {
      // `at` is the child's own, so that nobody takes another's switch for a repetition of theirs.
      await scope.switchEnvironment({ name: 'prod', expectedEpoch, pointers: {}, at: hour, expiresAt: null });
      isDone = true;
    } catch (error) {
      if (error.code !== 'STATE_ENVIRONMENT_MOVED') throw error;
    }
  }
}
