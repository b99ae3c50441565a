/**
 * Holds the layers: which package may depend on which, read from the `nx.tags` of each package.json.
 * `--self-test` shows that wrong edges are found.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.js';
import { members, testing } from './workspace.js';

/** @typedef {import('./workspace.js').Member} Member */

/** @type {Record<string, readonly string[]>} */
const mayDependOn = {
  core: ['core'],
  contract: ['core', 'contract'],
  adapter: ['core', 'contract'],
  shell: ['core', 'contract', 'shell'],
  app: ['core', 'contract', 'adapter', 'shell', 'app'],
  testing: [],
};

/** Tests of the outer layers run on the real adapters; those of all may use what tests share. */
const testsMayDependOn = Object.fromEntries(
  Object.entries({ ...mayDependOn, shell: mayDependOn.app ?? [] }).map(([layer, allowed]) => [
    layer,
    [...allowed, 'testing'],
  ]),
);

/** The only packages from outside that a core package may need. @type {Record<string, readonly string[]>} */
const outsideOfCore = { 'packages/core-intervals': ['croner'], 'packages/sql-ast': ['node-sql-parser'] };

/**
 * Lists what breaks the layers, one sentence each.
 *
 * @param {readonly Member[]} all
 * @param {(file: string) => string} readSource Reads a file named from the root.
 * @returns {readonly string[]}
 */
function violations(all, readSource) {
  const byName = new Map(all.map((member) => [member.manifest.name, member]));
  return all.flatMap((member) => {
    const { folder, manifest, sources } = member;
    const layer = layerOf(member);
    if (!(layer in mayDependOn))
      return [`${folder} has no layer: tag it "layer:core" or another in package.json.`];
    const needed = Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    });
    const forTests = Object.keys(manifest.devDependencies ?? {}).filter((name) => byName.has(name));

    const found = [];
    for (const [names, allowed, how] of /** @type {const} */ ([
      [needed, mayDependOn[layer], 'depends on'],
      [forTests, testsMayDependOn[layer], 'is tested with'],
    ])) {
      for (const name of names) {
        const other = byName.get(name);
        if (other && !allowed?.includes(layerOf(other))) {
          found.push(`${folder} (${layer}) ${how} ${other.folder} (${layerOf(other)}).`);
        }
      }
    }
    if (layer === 'core') {
      for (const name of needed) {
        if (byName.has(name) || outsideOfCore[folder]?.includes(name)) continue;
        found.push(`${folder} (core) depends on ${name}, from outside the repository.`);
      }
    }
    for (const name of forTests.filter((each) => !needed.includes(each))) {
      const users = sources.filter(
        (file) => !isForTests(file, manifest) && imports(readSource(`${folder}/${file}`), name),
      );
      found.push(...users.map((file) => `${folder}/${file} imports ${name}, which is for its tests only.`));
    }
    const expected = [...needed, ...forTests].flatMap((name) => byName.get(name)?.folder ?? []);
    found.push(
      ...expected
        .filter((other) => !member.references.includes(other))
        .map((other) => `${folder}/tsconfig.json does not refer to ${other}, which package.json names.`),
      ...member.references
        .filter((other) => !expected.includes(other))
        .map((other) => `${folder}/tsconfig.json refers to ${other}, which package.json does not name.`),
    );
    return found;
  });
}

/** @param {Member} member */
const layerOf = ({ manifest }) =>
  manifest.nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? 'none';

/**
 * A test kit, which those need who import it, or a file that is not published.
 *
 * @param {string} file
 * @param {import('./workspace.js').Manifest} manifest
 */
const isForTests = (file, { files = [] }) =>
  /(^|[/.])testkit\b/.test(file) || (file.includes('/testing/') && files.includes('!**/testing/**'));

/**
 * @param {string} source
 * @param {string} name
 */
const imports = (source, name) => source.includes(`'${name}'`) || source.includes(`'${name}/`);

/** Breaks a small, sound workspace in each way and looks whether that is found. */
function selfTest() {
  /**
   * @param {string} folder
   * @param {string} layer
   * @param {Partial<import('./workspace.js').Manifest>} [manifest]
   * @param {readonly string[]} [references]
   * @returns {Member}
   */
  const member = (folder, layer, manifest = {}, references = []) => ({
    folder,
    manifest: { name: `@x/${folder}`, version: '1.0.0', nx: { tags: [`layer:${layer}`] }, ...manifest },
    references,
    sources: ['src/a.ts', 'src/testkit.ts', 'src/testing/b.ts'],
  });
  const sound = [
    member('low', 'core'),
    member('file', 'adapter'),
    member('kit', 'contract'),
    member('pages', 'testing'),
  ];
  const on = (/** @type {string} */ name) => ({ [`@x/${name}`]: 'workspace:^' });
  /** @type {readonly (readonly [Member, number])[]} */
  const cases = [
    [member('a', 'shell', { dependencies: on('low') }, ['low']), 0],
    [member('a', 'shell', { devDependencies: on('file') }, ['file']), 0],
    [member('a', 'core', { devDependencies: on('pages') }, ['pages']), 0],
    [member('a', 'core', { dependencies: on('file') }, ['file']), 1],
    [member('a', 'app', { dependencies: on('pages') }, ['pages']), 1],
    [member('a', 'testing', { dependencies: on('low') }, ['low']), 1],
    [member('a', 'core', { devDependencies: on('kit') }, ['kit']), 1],
    [member('a', 'contract', { peerDependencies: on('file') }, ['file']), 1],
    [member('a', 'shell', { dependencies: on('file') }, ['file']), 1],
    [member('a', 'adapter', { dependencies: on('file') }, ['file']), 1],
    [member('a', 'core', { dependencies: { yaml: '1' } }), 1],
    [member('a', 'adapter', { dependencies: { yaml: '1' } }), 0],
    [member('a', 'shell', { dependencies: on('low') }), 1],
    [member('a', 'shell', {}, ['low']), 1],
    [member('a', 'basement'), 1],
    [member('user', 'shell', { devDependencies: on('file'), files: ['src', '!**/testing/**'] }, ['file']), 1],
    [member('user', 'shell', { devDependencies: on('file'), files: ['src'] }, ['file']), 2],
  ];
  for (const [extra, expected] of cases) {
    const read = (/** @type {string} */ file) => (file.startsWith('user/') ? "import '@x/file';" : '');
    const found = violations([...sound, extra], read);
    if (found.length === expected) continue;
    console.error(`The layer check found ${found.length} violations, not ${expected}, in`, extra, found);
    process.exit(1);
  }
  console.log(
    `The layer check finds each of the ${cases.filter(([, n]) => n > 0).length} wrong edges it is shown.`,
  );
}

if (process.argv.includes('--self-test')) selfTest();
const published = members();
const found = violations([...published, ...testing()], (file) => readFileSync(join(root, file), 'utf8'));
for (const violation of found) console.error(violation);
if (found.length > 0) process.exit(1);
console.log(`The layers hold in ${published.length} packages and apps.`);
