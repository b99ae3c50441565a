import { expect, test } from '@jest/globals';
import { findReferences } from './references.ts';

const nodes = new Set(['transform.orders', 'source.c', 'transform.my-orders']);
const isNode = (id: string): boolean => nodes.has(id);

/** References as `kind text id`. */
const found = (sql: string): readonly string[] =>
  findReferences(sql, isNode).map((reference) => {
    const text = sql.slice(reference.start, reference.end);
    if (reference.kind === 'this') return `this ${text}`;
    return `${reference.kind} ${text} ${reference.kind === 'place' ? reference.place : reference.id}`;
  });

test.each([
  [`select * from ref('transform.orders')`, [`ref ref('transform.orders') transform.orders`]],
  [`from REF ( "transform.none" )`, [`ref REF ( "transform.none" ) transform.none`]],
  [
    `from ref($$source.c$$) c, ref(' source.c ')`,
    [`ref ref($$source.c$$) source.c`, `ref ref(' source.c ') source.c`],
  ],
  [`select ref(a), ref('a', 'b'), ref, x.ref('source.c')`, []],
  ['select * from transform.orders o', ['direct transform.orders transform.orders']],
  ['from Transform."ORDERS"', ['direct Transform."ORDERS" transform.orders']],
  ['from transform."my-orders"', ['direct transform."my-orders" transform.my-orders']],
  [
    'select transform.orders.x from transform . orders',
    ['direct transform.orders transform.orders', 'direct transform . orders transform.orders'],
  ],
  ['select memory.transform.orders.x, transform.other, a.b, 1', []],
  ['select * from input_0, INPUT_12 i', ['place input_0 input_0', 'place INPUT_12 input_12']],
  [
    'select input_0.x, t.input_1, input_x, a as input_2 from "input_0"',
    ['place input_0 input_0', 'place "input_0" input_0'],
  ],
  ['select max(id) from __THIS__ join __this__', ['this __THIS__', 'this __this__']],
  [`select 'transform.orders' -- source.c\n, $$input_0$$ /* __THIS__ */`, []],
  ['select u&"input_0"', []],
])('%s', (sql, references) => expect(found(sql)).toEqual(references));
