/**
 * Installs what would be published, from its tarballs, into an empty folder with npm, and uses it
 * there as a newcomer does, with the network out of reach.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aloneProblems, installedBytes, promises } from './check-alone.js';
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
const own = new Map(packed.map((each) => [each.member.manifest.name, each]));
npmInstall('the CLI by itself', neededBy('@seeknal/cli'));
const light = installedBytes(home);
const LIBSQL = '@seeknal/state-libsql';
if (existsSync(join(home, 'node_modules', LIBSQL))) fail('npm install', `The CLI brings ${LIBSQL} along.`);

const offline = withoutNetwork();
console.log(`Without network from here on: ${offline.how}.`);
const seeknal = join(home, 'node_modules', '@seeknal', 'cli', 'bin', 'seeknal.js');
// npx itself is shown once; the rest calls what it would call, so that the times are those of seeknal.
const version = seeknalStep(home, ['--version'], 'npx').trim();
const expected = packed.find(({ member }) => member.folder === 'apps/cli')?.member.manifest.version ?? '';
if (!version.includes(expected)) fail('seeknal --version', `It says "${version}", not ${expected}.`);
const shop = join(home, 'shop');
seeknalStep(home, ['init', 'shop']);
const startedAt = Date.now();
seeknalStep(shop, ['run']);
const elapsedMs = Date.now() - startedAt;
if (elapsedMs > runLimitMs) fail('seeknal run', `It took ${elapsedMs} ms; ${runLimitMs} ms are allowed.`);
seeknalStep(shop, ['run']);
console.log(`The packed CLI works; its first run took ${(elapsedMs / 1000).toFixed(1)} s.`);

// A state in libSQL: what is to be installed is said, and once it is there it works.
const inLibsql = { SEEKNAL_STATE_URL: 'file:target/state.db' };
const refused = capture('node', [seeknal, 'plan'], { cwd: shop, env: inLibsql });
const command = `npm install ${LIBSQL}`;
if (refused.code !== 1 || !refused.output.includes(`${command};`)) {
  fail(`Without ${LIBSQL} it does not say "${command}".`, refused.output);
}
npmInstall(command, neededBy(LIBSQL));
seeknalStep(shop, ['migrate-state', '--to', 'libsql', '--no-dry-run']);
const again = seeknalStep(shop, ['run'], 'node', inLibsql);
if (!again.includes('Nothing to run')) fail('seeknal run on the copied state does something.', again);
const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
console.log(`Installed, the CLI is ${megabytes(light)}, with ${LIBSQL} ${megabytes(installedBytes(home))}.`);

/**
 * The tarballs of a package and of what it needs of ours.
 *
 * @param {string} name
 * @param {Set<string>} known
 * @returns {readonly string[]}
 */
function neededBy(name, known = new Set()) {
  const packed = own.get(name);
  if (packed === undefined || known.has(name)) return [];
  known.add(name);
  const needed = Object.keys(packed.member.manifest.dependencies ?? {});
  return [packed.tarball, ...needed.flatMap((each) => neededBy(each, known))];
}

/**
 * @param {string} name
 * @param {readonly string[]} tarballs
 */
function npmInstall(name, tarballs) {
  step(name, 'npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `--prefix=${home}`,
    ...tarballs,
  ]);
}

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
 * @param {Record<string, string>} [env]
 * @returns {string} What it printed.
 */
function seeknalStep(cwd, args, through = 'node', env = {}) {
  const called = through === 'npx' ? ['npx', '--no-install', 'seeknal'] : ['node', seeknal];
  const [command = '', ...before] = [...offline.prefix, ...called];
  return step(`seeknal ${args.join(' ')}`, command, [...before, ...args], {
    cwd,
    env: { ...offline.env, CI: 'true', ...env },
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
