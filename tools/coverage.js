import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './command.js';
import { members } from './workspace.js';

/** @typedef {'lines' | 'branches' | 'functions' | 'statements'} Measure */
/** @typedef {Record<Measure, { total: number, covered: number }>} Summary */

/** @type {readonly Measure[]} */
const measures = ['lines', 'branches', 'functions', 'statements'];

/** The least percentages: core is pure, so all of it can be reached; elsewhere four lines in five. */
const core = { lines: 100, branches: 100, functions: 100, statements: 100 };
const others = { lines: 80, branches: 0, functions: 0, statements: 0 };

/**
 * Prints one line per package and, for a package that is below its threshold, its files with the
 * lines never run.
 *
 * @param {string} folder Where jest wrote `coverage-summary.json` and `coverage-final.json`.
 * @returns {boolean} Whether every package reaches its threshold.
 */
export function coverageHolds(folder) {
  if (!existsSync(join(folder, 'coverage-summary.json'))) return false;
  /** @type {Record<string, Summary>} */
  const byFile = JSON.parse(readFileSync(join(folder, 'coverage-summary.json'), 'utf8'));
  const detail = JSON.parse(readFileSync(join(folder, 'coverage-final.json'), 'utf8'));
  console.log(`\n${'coverage, %'.padEnd(32)}${measures.map((name) => name.padStart(12)).join('')}`);

  let holds = true;
  for (const member of members()) {
    const files = Object.entries(byFile).filter(([path]) =>
      path.startsWith(join(root, member.folder, 'src')),
    );
    const total = sum(files.map(([, summary]) => summary));
    const least = member.manifest.nx?.tags?.includes('layer:core') ? core : others;
    const reached = meets(total, least);
    holds &&= reached;
    const cells = measures.map((name) => percent(total[name]).toFixed(1).padStart(12)).join('');
    console.log(`${member.folder.padEnd(32)}${cells}${reached ? '' : `  below ${least.lines}`}`);
    if (reached) continue;
    for (const [path, summary] of files) {
      if (!meets(summary, least)) console.log(`  ${relative(root, path)}: ${gaps(detail[path])}`);
    }
  }
  return holds;
}

/** @param {readonly Summary[]} summaries */
function sum(summaries) {
  const total = () => ({ total: 0, covered: 0 });
  /** @type {Summary} */
  const result = { lines: total(), branches: total(), functions: total(), statements: total() };
  for (const summary of summaries) {
    for (const name of measures) {
      result[name].total += summary[name].total;
      result[name].covered += summary[name].covered;
    }
  }
  return result;
}

/** @param {{ total: number, covered: number }} part */
const percent = ({ total, covered }) => (total === 0 ? 100 : (100 * covered) / total);

/**
 * @param {Summary} summary
 * @param {Record<Measure, number>} least
 */
const meets = (summary, least) => measures.every((name) => percent(summary[name]) >= least[name]);

/**
 * The places of one file never reached.
 *
 * @param {any} file As istanbul writes it.
 */
function gaps({ s, statementMap, b, branchMap, f, fnMap }) {
  const lines = Object.keys(s)
    .filter((id) => s[id] === 0)
    .map((id) => statementMap[id].start.line);
  const functions = Object.keys(f)
    .filter((id) => f[id] === 0)
    .map((id) => fnMap[id].loc.start.line);
  const branches = Object.entries(b).flatMap(([id, counts]) =>
    counts.includes(0) ? [branchMap[id].loc.start.line] : [],
  );
  const bare = new Set([...lines, ...functions]);
  const whole = ranges(bare);
  const parts = ranges(new Set(branches.filter((line) => !bare.has(line))));
  return [whole && `lines ${whole}`, parts && `branches at ${parts}`].filter(Boolean).join('; ');
}

/**
 * `1-3, 7` for 1, 2, 3 and 7; the first dozen stretches.
 *
 * @param {ReadonlySet<number>} lines
 */
function ranges(lines) {
  /** @type {[number, number][]} */
  const stretches = [];
  for (const line of [...lines].toSorted((x, y) => x - y)) {
    const last = stretches.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else stretches.push([line, line]);
  }
  const shown = stretches.slice(0, 12).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return [...shown, ...(stretches.length > 12 ? ['…'] : [])].join(', ');
}
