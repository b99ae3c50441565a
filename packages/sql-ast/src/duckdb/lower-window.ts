import { foldCase } from '../keywords.ts';
import type { Call, Frame, FrameBound } from '../tree.ts';
import { Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import { argument, writtenSchema } from './lower-function.ts';
import type { Lowering } from './lowering.ts';
import { windowSpan } from './expression-spans.ts';

/** Which of them follows from the name of the function. */
const windowTypes = new Set(
  `WINDOW_AGGREGATE WINDOW_CUME_DIST WINDOW_FILL WINDOW_FIRST_VALUE WINDOW_LAG WINDOW_LAST_VALUE WINDOW_LEAD
  WINDOW_NTH_VALUE WINDOW_NTILE WINDOW_PERCENT_RANK WINDOW_RANK WINDOW_RANK_DENSE WINDOW_ROW_NUMBER`.split(
    /\s+/,
  ),
);

/** A call with OVER. @throws {Unreadable} At an unknown kind of window function or frame. */
export function lowerWindow(
  lowering: Lowering,
  fields: Fields,
  { type, location }: { readonly type: string; readonly location: number | null },
): Call {
  if (!windowTypes.has(type)) throw new Unreadable(`a window function of type ${type}`);
  const name = foldCase(fields.text('function_name'));
  const schema = writtenSchema(lowering, fields, location);
  const values = fields.list('children').map((child) => argument(lowering, child));
  const offset = lowering.optional(fields.take('offset_expr'));
  const otherwise = lowering.optional(fields.take('default_expr'));
  if (offset === null && otherwise !== null) throw new Unreadable(`${name} with a default and no offset`);
  for (const value of [offset, otherwise]) if (value !== null) values.push({ name: null, value });
  const partitionBy = lowering.expressions(fields.list('partitions'));
  const orderBy = lowering.orders(fields.list('orders'));
  const frame = lowerFrame(lowering, fields);
  const filter = lowering.optional(fields.take('filter_expr'));
  const inside = [...values.map(({ value }) => value), filter].map((part) => part?.span ?? null);
  const { span, over } = windowSpan(lowering.spans, location, inside);
  return {
    kind: 'call',
    name,
    schema,
    arguments: values,
    distinct: fields.flag('distinct'),
    filter,
    orderBy: lowering.orders(fields.list('arg_orders')),
    nulls: fields.flag('ignore_nulls') ? 'ignore' : null,
    over: { partitionBy, orderBy, frame, span: over },
    exportState: false,
    span,
  };
}

const excludes = new Map<string, string | null>([
  ['NO_OTHER', null],
  ['CURRENT_ROW', 'current row'],
  ['GROUP', 'group'],
  ['TIES', 'ties'],
]);

function lowerFrame(lowering: Lowering, fields: Fields): Frame | null {
  const start = bound(lowering, fields, 'start');
  const end = bound(lowering, fields, 'end');
  const exclude = fields.word('exclude_clause', excludes);
  const units = [start.unit, end.unit].filter((unit) => unit !== null);
  // Between two open ends the unit makes no difference, and DuckDB forgets it.
  const unit = units[0] ?? 'range';
  if (units.some((other) => other !== unit)) throw new Unreadable(`a frame in ${units.join(' and ')}`);
  const isDefault =
    unit === 'range' &&
    start.bound.kind === 'unbounded-preceding' &&
    end.bound.kind === 'current-row' &&
    exclude === null;
  return isDefault ? null : { unit, start: start.bound, end: end.bound, exclude };
}

interface Bound {
  readonly bound: FrameBound;
  readonly unit: Frame['unit'] | null;
}

const kinds = new Map<string, FrameBound['kind']>([
  ['UNBOUNDED_PRECEDING', 'unbounded-preceding'],
  ['UNBOUNDED_FOLLOWING', 'unbounded-following'],
  ['CURRENT_ROW', 'current-row'],
  ['EXPR_PRECEDING', 'preceding'],
  ['EXPR_FOLLOWING', 'following'],
]);

const units = new Map<string, Frame['unit']>([
  ['_ROWS', 'rows'],
  ['_RANGE', 'range'],
  ['_GROUPS', 'groups'],
]);

/** `EXPR_PRECEDING_ROWS` and the like, with the distance in a field of its own. */
function bound(lowering: Lowering, fields: Fields, side: 'start' | 'end'): Bound {
  const text = fields.text(side);
  const suffix = /_(?:ROWS|RANGE|GROUPS)$/.exec(text)?.[0] ?? '';
  const kind = kinds.get(text.slice(0, text.length - suffix.length));
  const distance = lowering.optional(fields.take(`${side}_expr`));
  const takesDistance = kind === 'preceding' || kind === 'following';
  if (kind === undefined || takesDistance !== (distance !== null)) {
    throw new Unreadable(`a frame with ${text}`);
  }
  return { bound: { kind, distance }, unit: units.get(suffix) ?? null };
}
