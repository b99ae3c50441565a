import type { Interval } from '@seeknal/intervals';
import type { JsonObject, SqlText } from '@seeknal/manifest';
import { expect, test } from '@jest/globals';
import { assert, constantFrom, array, property, string } from 'fast-check';

import { renderSql, type ProjectError, type RunValues } from './index.ts';

const sqlText = (template: string): SqlText => ({
  template,
  place: { file: 'a.sql', line: 1, column: 1 },
  indent: 0,
});
const day = (from: string, to: string): Interval => ({ start: Date.parse(from), end: Date.parse(to) });
const JAN_1 = day('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z');
const values = (more: Partial<RunValues> = {}): RunValues => ({
  interval: null,
  timeZone: 'UTC',
  params: {},
  now: Date.parse('2024-03-15T10:00:00Z'),
  runId: 'run-7',
  ...more,
});
const render = (template: string, more: Partial<RunValues> = {}): string =>
  renderSql(sqlText(template), values(more)).sql;
const failure = (template: string, more: Partial<RunValues> = {}): ProjectError => {
  try {
    render(template, more);
  } catch (error) {
    return error as ProjectError;
  }
  throw new Error('rendered');
};

test.each([
  // interval, zone → start, end, start_date, end_date, start_ts, end_ts
  [
    JAN_1,
    'UTC',
    '2024-01-01',
    '2024-01-02',
    '2024-01-01',
    '2024-01-02',
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-01-02 00:00:00'",
  ],
  [
    day('2024-01-01T05:00:00Z', '2024-01-01T06:00:00Z'),
    'UTC',
    '2024-01-01 05:00:00',
    '2024-01-01 06:00:00',
    '2024-01-01',
    '2024-01-02',
    "TIMESTAMP '2024-01-01 05:00:00'",
    "TIMESTAMP '2024-01-01 06:00:00'",
  ],
  // One bound at midnight is not enough: both are written alike.
  [
    day('2024-01-01T00:00:00Z', '2024-01-01T01:00:00Z'),
    'UTC',
    '2024-01-01 00:00:00',
    '2024-01-01 01:00:00',
    '2024-01-01',
    '2024-01-02',
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-01-01 01:00:00'",
  ],
  [
    day('2023-12-31T23:00:00Z', '2024-01-01T23:00:00Z'),
    'Europe/Berlin',
    '2024-01-01',
    '2024-01-02',
    '2024-01-01',
    '2024-01-02',
    "TIMESTAMP '2023-12-31 23:00:00'",
    "TIMESTAMP '2024-01-01 23:00:00'",
  ],
  [
    JAN_1,
    'Europe/Berlin',
    '2024-01-01 00:00:00',
    '2024-01-02 00:00:00',
    '2024-01-01',
    '2024-01-03',
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-01-02 00:00:00'",
  ],
])('the interval %j in %s', (interval, timeZone, start, end, startDate, endDate, startTs, endTs) => {
  const names = ['start', 'end', 'start_date', 'end_date', 'start_ts', 'end_ts'];
  const rendered = names.map((name) => render(`{{ ${name} }}`, { interval, timeZone }));
  expect(rendered).toEqual([start, end, startDate, endDate, startTs, endTs]);
});

test.each([
  // template, what it renders to, values besides the usual
  ['SELECT 1', 'SELECT 1', {}],
  ['{{ p }}', 'x', { params: { p: 'x' } }],
  ['{{p}}{{ p }}', 'xx', { params: { p: 'x' } }],
  ['a  {{- p -}}  b', 'axb', { params: { p: 'x' } }],
  ['{{ n }} {{ yes }}', '1.5 true', { params: { n: 1.5, yes: true } }],
  ['{{ a }}', 'x-y', { params: { a: 'x-{{ b }}', b: 'y' } }],
  ['{{ rules.active }}', "status = 'on'", { params: { 'rules.active': "status = 'on'" } }],
  ['a{# a note #}b', 'ab', {}],
  ["{{ '}}' }}", '}}', {}],
  ['{% raw %}{{ p }}{% endraw %}', '{{ p }}', {}],
  ['{{ p | upper }}', 'X', { params: { p: 'x' } }],
  [
    "{% for r in regions %}'{{ r }}'{% if not loop.last %}, {% endif %}{% endfor %}",
    "'a', 'b'",
    { params: { regions: ['a', 'b'] } },
  ],
  ["{% if start > '2023' %}late{% else %}early{% endif %}", 'late', { interval: JAN_1 }],
  ["{{ ref('source.orders') }}", '"source"."orders"', {}],
  ["FROM ref('source.orders') o", 'FROM "source"."orders" o', {}],
  ['FROM ref("source.orders")', 'FROM "source"."orders"', {}],
  ["-- ref('source.orders')\nSELECT 'ref(''a.b'')'", "-- ref('source.orders')\nSELECT 'ref(''a.b'')'", {}],
  ["{% if true %}{{ ref('source.orders') }}{% endif %}", '"source"."orders"', {}],
  ["{{ ref('source.or' ~ 'ders') }}", '"source"."orders"', {}],
  [
    'FROM {{ users }} JOIN $users',
    'FROM "users" JOIN "users"',
    { inputs: [{ ref: 'source.users', place: 'users', reads: { kind: 'all' } }] },
  ],
  ['$1 $other', '$1 $other', {}],
  ['{{ env:REGION }}', 'eu', { env: { REGION: 'eu' } }],
  ['{{ env:REGION|us }}', 'us', { env: {} }],
  ["{{ env:REGION | 'us east' }}", 'us east', { env: {} }],
  ['{% if true %}{{ env:REGION|us }}{% endif %}', 'us', { env: {} }],
  [
    '{{ today }} {{ today(-1) }} {{ yesterday }} {{ run_date }}',
    '2024-03-15 2024-03-14 2024-03-14 2024-03-15',
    {},
  ],
  ['{{ month_start(0) }} {{ month_start(-3) }} {{ year_start(1) }}', '2024-03-01 2023-12-01 2025-01-01', {}],
  ['{{ today }}', '2024-03-16', { timeZone: 'Pacific/Auckland', now: Date.parse('2024-03-15T20:00:00Z') }],
  ['{{ run_id }} {{ project_id }} {{ workspace_path }}', 'run-7 shop /w', { project: 'shop', folder: '/w' }],
  // An interval wins over params, params over everything else.
  ['{{ start_date }}', '1900-01-01', { params: { start_date: '1900-01-01' } }],
  ['{{ start_date }}', '2024-01-01', { params: { start_date: '1900-01-01' }, interval: JAN_1 }],
  ['{{ today }}', 'never', { params: { today: 'never' } }],
] as const)('%s is %s', (template, sql, more) => {
  expect(render(template, more as Partial<RunValues>)).toBe(sql);
});

test.each([
  ['{{ x.constructor }}', 'TEMPLATE_UNKNOWN_NAME'],
  ['{{ __proto__ }}', 'TEMPLATE_UNKNOWN_NAME'],
  ['{{ constructor }}', 'TEMPLATE_UNKNOWN_NAME'],
  ['{{ toString }}', 'TEMPLATE_UNKNOWN_NAME'],
  ['{{ process.env.HOME }}', 'TEMPLATE_UNKNOWN_NAME'],
  ['{{ process["env"] }}', 'TEMPLATE_UNKNOWN_NAME'],
  ["{{ ''.__class__ }}", 'TEMPLATE_INVALID'],
  ['{% if true %}{{ debug() }}{% endif %}', 'TEMPLATE_INVALID'],
  ["{% include '/etc/passwd' %}", 'TEMPLATE_INVALID'],
  ["{{ 'a' * 2000000 }}", 'TEMPLATE_INVALID'],
  ['{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}', 'TEMPLATE_INVALID'],
  ['{{ list }}', 'TEMPLATE_INVALID'],
  ['{{ none_at_all }}', 'TEMPLATE_INVALID'],
  ['{{ start }}', 'TEMPLATE_UNKNOWN_NAME'],
])('%s is refused', (template, code) => {
  const { code: outer, problems } = failure(template, { params: { list: [1], none_at_all: null } });
  expect(outer).toBe('TEMPLATE_INVALID');
  expect(problems[0]?.code).toBe(code);
});

test('the engine goes on after a template that ran away', () => {
  failure("{% if true %}{{ 'a' * 2000000 }}{% endif %}");
  expect(render('{% if true %}x{% endif %}')).toBe('x');
});

test("an error stands at its place in the author's file", () => {
  const text: SqlText = {
    template: 'SELECT 1,\n  {{ nope }}\n',
    place: { file: 't.yml', line: 5, column: 3 },
    indent: 2,
  };
  const { problems } = (() => {
    try {
      renderSql(text, values());
    } catch (error) {
      return error as ProjectError;
    }
    throw new Error('rendered');
  })();
  expect(problems[0]).toMatchObject({
    place: { file: 't.yml', line: 6, column: 5 },
    message: 'Nothing is called "nope" here.',
  });
  expect(problems[0]?.frame).toContain('> 6 |     {{ nope }}\n    |     ^');
});

test('a character of the SQL is found again in the template', () => {
  const template = "SELECT '{{ p }}' AS p\nFROM ref('source.orders') o\nWHERE o.nope = 1\n";
  const text: SqlText = { template, place: { file: 't.yml', line: 4, column: 3 }, indent: 2 };
  const { sql, placeOf } = renderSql(text, values({ params: { p: 'a long value' } }));
  expect(placeOf(sql.indexOf('SELECT'))).toEqual({ file: 't.yml', line: 4, column: 3 });
  expect(placeOf(sql.indexOf('long'))).toEqual({ file: 't.yml', line: 4, column: 11 });
  expect(placeOf(sql.indexOf("' AS"))).toEqual({ file: 't.yml', line: 4, column: 18 });
  expect(placeOf(sql.indexOf('"source"'))).toEqual({ file: 't.yml', line: 5, column: 8 });
  expect(placeOf(sql.indexOf(' o\n'))).toEqual({ file: 't.yml', line: 5, column: 28 });
  expect(placeOf(sql.indexOf('nope'))).toEqual({ file: 't.yml', line: 6, column: 11 });
});

test('and so it is through loops', () => {
  const template = 'SELECT {% for c in cols %}\n  {{ c }},{% endfor %}\n  1 AS one FROM nowhere';
  const { sql, placeOf } = renderSql(sqlText(template), values({ params: { cols: ['a', 'b'] } }));
  expect(sql).toBe('SELECT \n  a,\n  b,\n  1 AS one FROM nowhere');
  expect(placeOf(sql.indexOf('nowhere'))).toMatchObject({ line: 3, column: 17 });
  expect(placeOf(sql.indexOf('SELECT'))).toMatchObject({ line: 1, column: 1 });
});

const parts = constantFrom(
  'SELECT 1\n',
  ' ',
  '\n  ',
  '{{ p }}',
  '{{- q -}}',
  '{{ p -}}',
  '{# note #}',
  "{{ ref('a.b') }}",
  "x ref('a.b') ",
  "'{{ start }}'",
  '{{ today(-2) }}',
  '{{ env:E|d }}',
  '-- c\n',
  '{',
  '}',
  '%',
);

test('rendering by hand and by the engine agree, and every copied character comes from its place', () => {
  const more = { params: { p: 'P', q: ' q q ' } as JsonObject, interval: JAN_1 };
  assert(
    property(array(parts, { maxLength: 12 }), (list) => {
      const template = list.join('');
      let byHand: ReturnType<typeof renderSql> | null = null;
      try {
        byHand = renderSql(sqlText(template), values(more));
      } catch (error) {
        // "{" and "{{ p }}" may meet and make an expression that neither takes.
        expect((error as ProjectError).code).toBe('TEMPLATE_INVALID');
        return;
      }
      // In front, where it cannot meet a brace of the text.
      const byEngine = renderSql(sqlText(`{% if true %}{% endif %}${template}`), values(more));
      expect(byEngine.sql).toBe(byHand.sql);
      const lines = template.split('\n');
      for (const [offset, character] of [...byHand.sql].entries()) {
        const { line, column } = byHand.placeOf(offset);
        const rest = `${lines[line - 1] ?? ''}\n`.slice(column - 1);
        const isSubstituted = /^(?:\{\{|ref\()/.test(rest);
        if (!isSubstituted) expect(rest[0]).toBe(character);
      }
    }),
    { numRuns: 300 },
  );
});

test('any text without tags is its own rendering', () => {
  assert(
    property(string(), (text) => {
      const template = text.replaceAll(/[{$]|ref/gi, '');
      expect(render(template)).toBe(template);
    }),
  );
});
