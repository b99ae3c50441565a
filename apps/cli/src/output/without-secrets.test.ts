import { expect, test } from '@jest/globals';

import { codedError } from './coded-error.ts';
import { withoutSecrets } from './without-secrets.ts';

const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJhIjoicncifQ.c2lnbmF0dXJl-_';

test.each([
  [`Not the URL of a state: "${JWT}"`, 'Not the URL of a state: "…"'],
  [`  7 |     auth_token: "hunter2"`, `  7 |     auth_token: "…"`],
  [`  7 | {url: x, authToken: hunter2}`, `  7 | {url: x, authToken: …}`],
  ['libsql://db.example.com?authToken=hunter2&tls=0', 'libsql://db.example.com?authToken=…&tls=0'],
  ['postgres://ann:hunter2@db.example.com/x', 'postgres://…@db.example.com/x'],
  // What is no secret stays.
  ['auth_token: ${TURSO_AUTH_TOKEN}', 'auth_token: ${TURSO_AUTH_TOKEN}'],
  ['The state refuses the token: it is wrong', 'The state refuses the token: it is wrong'],
  ['See https://example.com:8080/a@b', 'See https://example.com:8080/a@b'],
])('%s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

test('no part of an error shows one', () => {
  const place = { file: 'seeknal_project.yml', line: 1, column: 1 };
  const problem = { code: 'X', message: JWT, hint: JWT, place, frame: `  1 | auth_token: ${JWT}` };
  const error = { code: 'X', message: JWT, hint: JWT, stack: JWT, problems: [problem] };
  expect(JSON.stringify(codedError(error))).not.toContain('eyJ');
});
