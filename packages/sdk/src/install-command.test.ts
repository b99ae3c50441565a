import { expect, test } from '@jest/globals';

import { installCommand } from './install-command.ts';

test.each([
  ['/home/ada/shop/node_modules/@seeknal/sdk/dist/a.js', true, 'npm install x'],
  ['/home/ada/shop/node_modules/.pnpm/s@1/node_modules/@seeknal/sdk/dist/a.js', true, 'npm install x'],
  ['/usr/lib/node_modules/@seeknal/cli/node_modules/@seeknal/sdk/dist/a.js', false, 'npm install --global x'],
  ['C:\\npm\\node_modules\\@seeknal\\sdk\\dist\\a.js', false, 'npm install --global x'],
  [
    '/home/ada/.npm/_npx/0a1b/node_modules/@seeknal/sdk/dist/a.js',
    true,
    'npx --package @seeknal/cli --package x seeknal',
  ],
  ['/home/ada/seeknal/packages/sdk/src/a.ts', false, 'npm install x'],
])('of a package beside %s', (here, hasManifest, command) => {
  expect(installCommand('x', here, () => hasManifest)).toBe(command);
});
