#!/usr/bin/env node
// CommonJS and plain syntax: it says in one sentence what is wrong on a Node that is too old, and it sets the
// size of the thread pool before Node reads a first file through it, which for ES modules would be too late.
'use strict';

const version = process.versions.node.split('.').map(Number);
const isSupported =
  (version[0] === 20 && version[1] >= 19) || (version[0] === 22 && version[1] >= 12) || version[0] > 22;

if (!isSupported) {
  console.error('Seeknal needs Node 20.19, 22.12 or newer, and this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
} else if (process.argv.length === 3 && /^(--version|-V)$/.test(process.argv[2])) {
  console.log(require('../package.json').version);
} else {
  // Queries wait in this pool: with the default of 4 they would keep Node from its own files.
  if (!process.env.UV_THREADPOOL_SIZE) process.env.UV_THREADPOOL_SIZE = '12';
  void import('../dist/index.js').then(({ main }) => main());
}
