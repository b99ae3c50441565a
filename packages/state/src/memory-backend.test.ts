import { memoryBackend } from './memory-backend.ts';
import { describeStateBackend } from './testkit.ts';

describeStateBackend('memory', (options) => Promise.resolve(memoryBackend(options)), { histories: 500 });
