/**
 * Installs what would be published, from its tarballs, into an empty folder with npm, and uses it
 * there as a newcomer does, with the network out of reach.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aloneProblems, promises } from './check-alone.js';
import { capture } from './command.js';
import { packAll } from './pack.js';

/** A first run may take this long, from the prompt to the prompt. */
const runLimitMs = 10_000;

const place = mkdtempSync(join(tmpdir(), 'seeknal-packed-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

const packed = packAll(join(place, 'tarballs'));
const problems = packed.flatMap(({ member, tarball }) =>
  fileProblems(tarball).map((problem) => `${member.folder}: ${problem}`),
);
if (problems.length > 0) fail('The tarballs do not hold what they should.', problems.join('\n'));
console.log(`${packed.length} tarballs hold dist, src, README, LICENSE and package.json, and nothing else.`);

for (const promise of promises) {
  const broken = await aloneProblems(promise, packed, join(place, 'alone', promise.folder));
  if (broken.length > 0) fail('A package by itself is not as it should be.', broken.join('\n'));
}

const home = join(place, 'home');
mkdirSync(home);
step('npm install', 'npm', [
  'install',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  `--prefix=${home}`,
  ...packed.map(({ tarball }) => tarball),
]);

const offline = withoutNetwork();
console.log(`Without network from here on: ${offline.how}.`);
const seeknal = join(home, 'node_modules', '@seeknal', 'cli', 'bin', 'seeknal.js');
// npx itself is shown once; the rest calls what it would call, so that the times are those of seeknal.
const version = seeknalStep(home, ['--version'], 'npx').trim();
const expected = packed.find(({ member }) => member.folder === 'apps/cli')?.member.manifest.version ?? '';
if (!version.includes(expected)) fail('seeknal --version', `It says "${version}", not ${expected}.`);
seeknalStep(home, ['init', 'shop']);
const startedAt = Date.now();
seeknalStep(join(home, 'shop'), ['run']);
const elapsedMs = Date.now() - startedAt;
if (elapsedMs > runLimitMs) fail('seeknal run', `It took ${elapsedMs} ms; ${runLimitMs} ms are allowed.`);
seeknalStep(join(home, 'shop'), ['run']);
console.log(`The packed CLI works; its first run took ${(elapsedMs / 1000).toFixed(1)} s.`);

/**
 * @param {string} tarball
 * @returns {readonly string[]}
 */
function fileProblems(tarball) {
  const { code, output } = capture('tar', ['-tzf', tarball]);
  if (code !== 0) return [`tar cannot list it: ${output}`];
  const files = output
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
  const required = [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.d.ts',
    'src/index.ts',
  ];
  const known =
    /^(dist|src|bin|templates?|examples?)\/|^(package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md)$/;
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files.filter((file) => !known.test(file)).map((file) => `${file} does not belong there`),
    ...files.filter((file) => /\.test\.|\.tsbuildinfo$/.test(file)).map((file) => `${file} is not for users`),
  ];
}

/**
 * A command that runs another one where no other machine can be reached: a network namespace of its
 * own where the system permits one, else proxies that answer nothing.
 */
function withoutNetwork() {
  const unshare = [
    ['unshare', '-n'],
    ['unshare', '-rn'],
  ].find(([command = '', ...args]) => capture(command, [...args, 'true']).code === 0);
  if (unshare) return { prefix: unshare, env: {}, how: unshare.join(' ') };
  const nowhere = 'http://127.0.0.1:9';
  const env = { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere };
  return { prefix: [], env, how: `proxies at ${nowhere}` };
}

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {'node' | 'npx'} [through]
 * @returns {string} What it printed.
 */
function seeknalStep(cwd, args, through = 'node') {
  const called = through === 'npx' ? ['npx', '--no-install', 'seeknal'] : ['node', seeknal];
  const [command = '', ...before] = [...offline.prefix, ...called];
  return step(`seeknal ${args.join(' ')}`, command, [...before, ...args], {
    cwd,
    env: { ...offline.env, CI: 'true' },
  });
}

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {string}
 */
function step(name, command, args, options = {}) {
  const startedAt = Date.now();
  const { code, output } = capture(command, args, { cwd: home, ...options });
  if (code !== 0) fail(`${name} ended with exit code ${code}.`, output);
  console.log(`$ ${name}  (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return output;
}

/**
 * @param {string} what
 * @param {string} why
 * @returns {never}
 */
function fail(what, why) {
  console.error(`${what}\n${why}`);
  process.exit(1);
}
