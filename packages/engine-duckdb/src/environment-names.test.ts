import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { inEnvironment, warehouseNames, type WarehouseNames } from './environment-names.ts';
import { layoutOf, prepareLayout } from './layout.ts';
import { Session } from './session.ts';

let session: Session;
let close: () => void;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { errors_as_json: 'true' });
  const connection = await instance.connect();
  session = new Session(connection);
  close = () => {
    connection.closeSync();
    instance.closeSync();
  };
});

afterAll(() => close());

const NAMES: WarehouseNames = {
  kinds: new Set(['transform', 'source']),
  handmade: new Set(['peek', 'by hand']),
};

const inDev = (sql: string): Promise<string> => inEnvironment(session, sql, NAMES, (kind) => `${kind}__dev`);

test.each([
  ['SELECT * FROM transform.a', 'SELECT * FROM "transform__dev".a'],
  ['FROM Transform.a, "SOURCE"."x y" AS s', 'FROM "transform__dev".a, "source__dev"."x y" AS s'],
  ['FROM transform/*é*/ . -- 😀\n a', 'FROM "transform__dev"/*é*/ . -- 😀\n a'],
  [`SELECT 'é😀' AS transform FROM transform.a`, `SELECT 'é😀' AS transform FROM "transform__dev".a`],
  ['SELECT transform.a.x FROM transform.a', 'SELECT "transform__dev".a.x FROM "transform__dev".a'],
  ['SELECT transform.b.x FROM transform.a', 'SELECT transform.b.x FROM "transform__dev".a'],
  [`FROM ref('transform.a')`, `FROM ref('"transform__dev"."a"')`],
  [`FROM ref( ' transform.a.b ' ) r`, `FROM ref( '"transform__dev"."a.b"' ) r`],
  [`FROM ref('other.a')`, `FROM ref('other.a')`],
  [`FROM 'transform.csv'`, `FROM 'transform.csv'`],
  ['SELECT transform.a FROM input_0 AS transform', 'SELECT transform.a FROM input_0 AS transform'],
  ['FROM raw.a', 'FROM raw.a'],
  [
    'WITH transform AS (FROM transform.a) FROM transform',
    'WITH transform AS (FROM "transform__dev".a) FROM transform',
  ],
  ['FROM (DESCRIBE transform.a)', 'FROM (DESCRIBE "transform__dev".a)'],
  ['FROM input_0 -- transform.a', 'FROM input_0 -- transform.a'],
  [`SELECT 'transform.a'`, `SELECT 'transform.a'`],
  ['PIVOT input_0 ON x', 'PIVOT input_0 ON x'],
])('%s', async (sql, expected) => {
  expect(await inDev(sql)).toBe(expected);
});

test.each([
  ['FROM shop.transform.a', 'with its database'],
  [`FROM query_table('transform.a')`, 'may read anything'],
  [`FROM query('FROM transform.a')`, 'may read anything'],
  [`FROM ref(x)`, 'other than the name of a node'],
  [`FROM ref('transform')`, 'other than the name of a node'],
  [`FROM ref('transform.a', 1)`, 'other than the name of a node'],
  ['SELECT transform.a.x FROM transform.a, y AS transform', 'an alias'],
  ['FROM main.peek', 'a view of its own'],
  ['SELECT peek(1)', 'may read anything'],
  ['FROM "by hand"', 'a view of its own'],
  ['PIVOT transform.a ON x', 'cannot be read'],
  ['SELECT FROM WHERE transform', 'cannot be read'],
])('%s is refused: %s', async (sql, why) => {
  await expect(inDev(sql)).rejects.toMatchObject({
    code: 'ENGINE_SWITCH_REFUSED',
    message: expect.stringContaining(why),
  });
});

test('what somebody made by hand is known, what is shown is not taken for it', async () => {
  const layout = layoutOf('memory');
  await prepareLayout(session, layout, 'id', false);
  await session.run(
    `CREATE SCHEMA transform; CREATE VIEW transform.a AS SELECT 1; CREATE VIEW Mine AS SELECT 1`,
  );
  await session.run(`CREATE MACRO Twice(x) AS x * 2; CREATE MACRO ref(node) AS TABLE FROM query_table(node)`);
  await session.run(
    `INSERT INTO ${layout.own('views')} VALUES ('prod', 'transform', 'a', 'transform.a', 's', 'table', 0, '', '')`,
  );
  expect(await warehouseNames(session, layout, ['source'])).toEqual({
    kinds: new Set(['source', 'transform']),
    handmade: new Set(['mine', 'twice']),
  });
});

test('whatever the text around them, the names of nodes change and nothing else does', async () => {
  // Each piece as written, and as it stands in the environment.
  const piece = fc.constantFrom<readonly [string, string]>(
    ['transform.a', '"transform__dev".a'],
    ['"transform" . "b"', '"transform__dev" . "b"'],
    ['SOURCE.c', '"source__dev".c'],
    [`ref('source.c')`, `ref('"source__dev"."c"')`],
    ['input_0', 'input_0'],
    ['other.a', 'other.a'],
    [
      `(SELECT 'transform.a' AS "transform.a" /* transform.a */)`,
      `(SELECT 'transform.a' AS "transform.a" /* transform.a */)`,
    ],
  );
  const text = (parts: readonly string[], deep: boolean): string => {
    const from = parts.map((part, n) => `${part} AS t${n}`).join(' /* é😀 */ JOIN ');
    const on = parts.length > 1 ? ' ON true'.repeat(parts.length - 1) : '';
    const query = `SELECT count(*) AS transform -- transform.a\nFROM ${from}${on}`;
    return deep ? `WITH x AS (${query}) SELECT * FROM x WHERE EXISTS (${query})` : query;
  };
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.boolean(), async (pieces, deep) => {
      const [written, wanted] = [pieces.map(([before]) => before), pieces.map(([, after]) => after)];
      expect(await inDev(text(written, deep))).toBe(text(wanted, deep));
    }),
    { numRuns: 150 },
  );
});
