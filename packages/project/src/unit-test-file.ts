import { parseInstant, schedule, type Interval } from '@seeknal/intervals';
import {
  inputsOf,
  nearest,
  type Column,
  type JsonObject,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type Place,
  type TransformSpec,
} from '@seeknal/manifest';
import { z } from 'zod';

import { columnType } from './column-types.ts';
import { showPlace } from './errors.ts';
import { nodeIds, refHint } from './node-inputs.ts';
import { problemAt, type Findings, type ProblemCode } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { attempt } from './settings.ts';
import type { GivenRows, UnitTest } from './unit-test.ts';
import type { YamlFile } from './yaml-file.ts';
import type { YamlPath } from './yaml-tree.ts';

const text = z.string();
const time = z.union([z.string(), z.number()], { error: 'must be a date or a time' });
const row = z.record(z.string(), z.unknown());
const given = z.union(
  [z.array(row), z.strictObject({ rows: z.array(row), columns: z.record(z.string(), text).optional() })],
  { error: 'must be rows: [{id: 1}] or {rows: […], columns: {id: integer}}' },
);
/** A test as it is written. `model` is the word of dbt and SQLMesh for `node`. */
export const unitTestSchema: z.ZodType = z.strictObject({
  node: text.optional(),
  model: text.optional(),
  description: text.nullish(),
  start: time.optional(),
  end: time.optional(),
  now: time.optional(),
  vars: z.record(z.string(), z.unknown()).optional(),
  inputs: z.record(z.string(), given).optional(),
  expect: given,
});

interface Written {
  readonly node?: string;
  readonly model?: string;
  readonly description?: string | null;
  readonly start?: string | number;
  readonly end?: string | number;
  readonly now?: string | number;
  readonly vars?: JsonObject;
  readonly inputs?: { readonly [input: string]: WrittenRows };
  readonly expect: WrittenRows;
}

type WrittenRows =
  | readonly JsonObject[]
  | { readonly rows: readonly JsonObject[]; readonly columns?: { readonly [name: string]: string } };

type Tested = ManifestNode & { readonly spec: TransformSpec };

/** The tests of one file. What is wrong with them goes to `findings`. */
export function unitTestsIn(
  file: YamlFile,
  manifest: Manifest,
  seen: Map<string, Place>,
  findings: Findings,
): readonly UnitTest[] {
  const tests: UnitTest[] = [];
  for (const [name, body] of Object.entries(file.value)) {
    const report = (path: YamlPath, code: ProblemCode, message: string, hint: string): void => {
      findings.problems.push(problemAt(file.source, file.placeOf([name, ...path]), code, message, hint));
    };
    const place = file.keyPlaceOf([name]);
    const other = seen.get(name);
    if (other !== undefined) {
      findings.problems.push(
        problemAt(
          file.source,
          place,
          'NODE_DUPLICATE',
          `There is a test "${name}" already at ${showPlace(other)}.`,
          'Rename one of them.',
        ),
      );
      continue;
    }
    seen.set(name, place);
    const problems = schemaProblems(unitTestSchema, body, file, [name], 'a test');
    findings.problems.push(...problems);
    if (problems.length > 0) continue;
    const written = body as unknown as Written;
    const node = testedNode(written, manifest, report);
    if (node === null) continue;
    const parse = <T>(path: YamlPath, read: () => T): T | null =>
      attempt(file, [name, ...path], findings, read);
    const known = inputColumns(manifest);
    tests.push({
      name,
      description: written.description ?? null,
      node: node.id,
      place,
      inputs: givenInputs(written, node, known, report, (path) => file.placeOf([name, ...path])),
      expected: givenRows(written.expect, [], ['expect'], report, file.placeOf([name, 'expect'])),
      vars: written.vars ?? {},
      interval: intervalOf(written, node, report, parse),
      now: written.now === undefined ? null : parse(['now'], () => parseInstant(String(written.now), {})),
    });
  }
  return tests;
}

type Report = (path: YamlPath, code: ProblemCode, message: string, hint: string) => void;

function testedNode(written: Written, { nodes }: Manifest, report: Report): Tested | null {
  const id = written.node ?? written.model;
  if (id === undefined) {
    report(
      [],
      'KEY_MISSING',
      'The test does not say which node it is about.',
      'Add it: node: transform.orders',
    );
    return null;
  }
  const ids = nodeIds(Object.keys(nodes));
  const found = ids.find(id) ?? ids.find(`transform.${id}`);
  const node = found === undefined ? undefined : nodes[found];
  const key = written.node === undefined ? 'model' : 'node';
  if (node === undefined) report([key], 'REF_UNKNOWN', `There is no node "${id}".`, refHint(id, ids.all));
  else if (node.spec.kind === 'transform') return node as Tested;
  else
    report(
      [key],
      'VALUE_INVALID',
      `${node.id} has no SQL to test.`,
      'Test a transform, an aggregation or a feature group.',
    );
  return null;
}

/** The columns of nodes that declare their types. */
const inputColumns =
  ({ nodes }: Manifest) =>
  (id: NodeId): readonly Column[] => {
    const node = nodes[id];
    if (node?.spec.kind === 'source') return node.spec.columns;
    return Object.entries(node?.columns ?? {}).map(([name, type]) => ({ name, type }));
  };

function givenInputs(
  { inputs = {} }: Written,
  node: Tested,
  known: (id: NodeId) => readonly Column[],
  report: Report,
  placeOf: (path: YamlPath) => Place,
): UnitTest['inputs'] {
  const own = inputsOf(node.spec);
  const found: Record<NodeId, GivenRows> = {};
  for (const [key, rows] of Object.entries(inputs)) {
    const lower = key.toLowerCase();
    const input = own.find(
      ({ ref, place }) =>
        [ref, place].some((name) => name.toLowerCase() === lower) || ref.split('.')[1] === key,
    );
    const names = own.map(({ ref }) => ref);
    const path = ['inputs', key];
    if (input === undefined) {
      const near = nearest(key, names);
      const hint = near === null ? `It reads ${names.join(', ') || 'nothing'}.` : `Did you mean "${near}"?`;
      report(path, 'REF_UNKNOWN', `${node.id} does not read "${key}".`, hint);
    } else if (input.ref in found) {
      report(path, 'VALUE_INVALID', `The rows of ${input.ref} are given twice.`, 'Keep one of the two.');
    } else found[input.ref] = givenRows(rows, known(input.ref), path, report, placeOf(path));
  }
  for (const ref of new Set(own.map((input) => input.ref))) {
    if (ref in found) continue;
    if (known(ref).length > 0) found[ref] = { rows: [], columns: known(ref), place: placeOf(['inputs']) };
    else
      report(
        ['inputs'],
        'KEY_MISSING',
        `The test gives no rows for ${ref}, which ${node.id} reads.`,
        `Add them: inputs: {${ref}: [{…}]}`,
      );
  }
  return found;
}

/** Rows with the types that the test or the project names. */
function givenRows(
  written: WrittenRows,
  known: readonly Column[],
  path: YamlPath,
  report: Report,
  place: Place,
): GivenRows {
  const { rows, columns = {} } = Array.isArray(written)
    ? { rows: written as readonly JsonObject[] }
    : (written as Exclude<WrittenRows, readonly JsonObject[]>);
  const typed = new Map(known.map((column) => [column.name.toLowerCase(), column]));
  for (const [name, type] of Object.entries(columns)) {
    const spelt = columnType(type);
    if (spelt === null)
      report(
        [...path, 'columns', name],
        'VALUE_INVALID',
        `Unknown type "${type}" of column "${name}".`,
        'Write integer, double, string, date, timestamp, …',
      );
    else typed.set(name.toLowerCase(), { name, type: spelt });
  }
  return { rows, columns: [...typed.values()], place };
}

function intervalOf(
  written: Written,
  { id, spec: { timing } }: Tested,
  report: Report,
  parse: <T>(path: YamlPath, read: () => T) => T | null,
): Interval | null {
  const { start, end } = written;
  if (timing === null) {
    for (const key of ['start', 'end'] as const)
      if (written[key] !== undefined)
        report([key], 'VALUE_INVALID', `${id} has no schedule, so it has no ${key}.`, `Remove the ${key}.`);
    return null;
  }
  if (start === undefined) {
    report([], 'KEY_MISSING', `${id} has a schedule, and the test no start.`, 'Add it: start: 2024-01-01');
    return null;
  }
  const { timeZone } = timing;
  const at = (key: 'start' | 'end', value: string | number): number | null =>
    parse([key], () => parseInstant(String(value), { timeZone }));
  const from = at('start', start);
  if (from === null) return null;
  const to = end === undefined ? schedule(timing.schedule, { timeZone }).next(from) : at('end', end);
  if (to === null) return null;
  if (from < to) return { start: from, end: to };
  report(
    ['end'],
    'VALUE_INVALID',
    'The end is not after the start.',
    'Leave the end out: it is not included.',
  );
  return null;
}
