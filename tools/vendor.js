/**
 * Writes what packages carry of others into their `dist`: of node-sql-parser, which installs 92 MB, the one
 * dialect that @seeknal/sql-ast uses, with its licence.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './command.js';

const home = join(root, 'packages', 'sql-ast');
const source = join(home, 'node_modules', 'node-sql-parser');
const target = join(home, 'dist', 'vendor');
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));

mkdirSync(target, { recursive: true });
copyFileSync(join(source, 'LICENSE'), join(target, 'node-sql-parser.LICENSE'));
const { outputFiles } = await build({
  stdin: {
    contents: "import { Parser } from 'node-sql-parser/build/postgresql.js'; export default { Parser };",
    resolveDir: home,
  },
  bundle: true,
  minify: true,
  // Neither Node's nor the browser's: it looks for both and would hang itself on what it finds.
  platform: 'neutral',
  mainFields: ['main'],
  define: { self: 'undefined', window: 'undefined', global: 'undefined' },
  format: 'esm',
  banner: {
    js: `/* node-sql-parser ${version}, Apache-2.0: see node-sql-parser.LICENSE; big-integer, public domain. Only packed. */`,
  },
  legalComments: 'none',
  write: false,
});
writeFileSync(join(target, 'node-sql-parser-postgresql.js'), outputFiles[0]?.contents ?? '');
