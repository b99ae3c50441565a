// Child process: adds hours from the one given on, in one step with a claim and a commit, and prints each once
// it is acknowledged.
import { writeSync } from 'node:fs';

import { openStateDatabase } from '../database-backend.ts';

const HOUR_MS = 3_600_000;
const { options, from, task, leaseMs, pauseMs } = JSON.parse(process.argv[2]);
const state = openStateDatabase(options);
const scope = state.scope({ project: 'p', warehouse: 'w' });
for (let hour = from; ; hour += 1) {
  await state.addCompletedInterval('r', 'n', 2 * hour, 2 * hour + 1);
  const range = { start: hour * HOUR_MS, end: (hour + 1) * HOUR_MS };
  const claim = await scope.claim({
    snapshot: 'a',
    range,
    run: task,
    task: `${task} ${hour}`,
    holder: task,
    leaseMs,
  });
  if (claim.status === 'claimed') {
    const { fence, generation } = claim;
    // The work: whoever is stopped here wakes up when another has done it.
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const version = { by: task };
    const recorded = await scope.record(
      {
        snapshot: 'a',
        range,
        generation,
        fence,
        seq: fence,
        run: task,
        task,
        rows: 1,
        changed: [range],
        seen: {},
        columns: [],
        version,
        finishedAt: hour,
      },
      [],
      [],
    );
    await scope.release('a', fence);
    writeSync(1, `${recorded.status} ${hour} ${fence}\n`);
  }
  writeSync(1, `hour ${hour}\n`);
}
