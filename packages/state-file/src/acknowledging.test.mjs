// Child process: adds hours from the one given on, and prints each once it is acknowledged.
import { writeSync } from 'node:fs';

import { openStateFile } from './file-backend.ts';

const [folder, from, staleMs] = process.argv.slice(2);
const state = openStateFile({ folder, staleMs: Number(staleMs) });
for (let hour = Number(from); ; hour += 1) {
  await state.addCompletedInterval('r', 'n', 2 * hour, 2 * hour + 1);
  writeSync(1, `${hour}\n`);
}
