// Child process: makes the tables of a state, at a moment given, and a run.
import { openStateDatabase } from '../database-backend.ts';

const { options, name, at } = JSON.parse(process.argv[2]);
const state = openStateDatabase(options);
await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
await state.initialize();
await state.createRun(name);
await state.close();
