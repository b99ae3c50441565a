import process from 'node:process';

import { memoryBackend } from './memory-backend.ts';
import { describeStateBackend } from './testkit.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');

describeStateBackend('memory, at length', (options) => Promise.resolve(memoryBackend(options)), {
  histories: Math.max(1, Math.round(20_000 * scale)),
});
