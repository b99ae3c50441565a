import { performance } from 'node:perf_hooks';

/** The middle one: a neighbour that is noisy for a moment does not move it. @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures several sides in turn, `times` rounds of each, so that whatever slows the machine down slows
 * all of them. Every other round goes backwards: no side is always the one that comes second.
 *
 * @template {Record<string, () => Promise<Record<string, number>>>} Sides
 * @param {Sides} sides Each returns what it measured, by name.
 * @param {number} times
 * @returns {Promise<{ [side in keyof Sides]: Record<string, number> }>} The medians, side by side.
 */
export async function alternate(sides, times) {
  /** @type {Record<string, Record<string, number>[]>} */
  const measured = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let round = 0; round < times; round += 1) {
    const order = Object.keys(sides);
    if (round % 2 === 1) order.reverse();
    for (const side of order) measured[side].push(await sides[side]());
  }
  const medians = Object.entries(measured).map(([side, rounds]) => [
    side,
    Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((one) => one[name]))])),
  ]);
  return Object.fromEntries(medians);
}

/** How long something takes, in ms. @param {() => Promise<unknown>} work */
export async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Prints a table: the first row names the columns, the first column the rows.
 *
 * @param {string} title
 * @param {readonly (readonly string[])[]} rows
 */
export function printTable(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ');
  console.log(`\n${title}`);
  for (const row of rows) console.log(`  ${line(row)}`);
}

export const ms = (value) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const seconds = (value) => `${(value / 1000).toFixed(2)} s`;
export const ratio = (value) => `× ${value.toFixed(2)}`;
export const megabytes = (kilobytes) => `${(kilobytes / 1024).toFixed(0)} MB`;
