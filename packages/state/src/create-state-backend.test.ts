import { expect, test } from '@jest/globals';

import { createStateBackend } from './create-state-backend.ts';
import { installedModule } from './installed-module.ts';

test('the in-memory backend needs no other package', async () => {
  const state = await createStateBackend('memory', { clock: () => 7 });
  await state.initialize();
  expect(state.description).toBe('memory');
  expect(await state.createRun('r')).toMatchObject({ startedAt: 7 });
  await state.close();
  await expect(state.createRun('r2')).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
});

test('a backend whose package is not installed is refused with the command that installs it', async () => {
  await expect(installedModule('@seeknal/state-nowhere')).rejects.toMatchObject({
    code: 'STATE_BACKEND_MISSING',
    hint: 'Install it: npm install @seeknal/state-nowhere',
  });
});

test.each(['redis', '', '__proto__', 'toString'])('"%s" is not a backend', async (name) => {
  await expect(createStateBackend(name as 'file')).rejects.toMatchObject({ code: 'STATE_BACKEND_UNKNOWN' });
});
