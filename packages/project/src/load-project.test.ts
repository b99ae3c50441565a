import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { loadProject } from './index.ts';

const harbor = join(import.meta.dirname, '../../../../shared/fixtures/harbor');
const harborTest = existsSync(harbor) ? test : test.skip;

harborTest('harbor, as the Python tool writes it, loads (skipped without ../shared)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'harbor-'));
  cpSync(harbor, folder, { recursive: true });
  const { manifest, warnings, settings } = await loadProject(folder, { env: {} });
  expect(Object.keys(manifest.nodes)).toHaveLength(8);
  expect(manifest.edges).toHaveLength(7);
  expect(settings).toMatchObject({ name: 'harbor', stateBackend: 'file', folder });
  expect(warnings).toEqual([]);
  rmSync(folder, { recursive: true });
});
