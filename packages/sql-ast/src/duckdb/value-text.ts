import { isReserved } from '../keywords.ts';
import { plainText } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { peek, readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';

/** A constant: its type, and its value as a text that no other value of the type has. */
export interface ValueText {
  readonly type: string;
  readonly value: string;
}

/**
 * Reads DuckDB's `{type, is_null, value}`. A NULL has the type `NULL`, and the type it was given for value.
 *
 * @throws {Unreadable} As `typeText`.
 */
export function readValue(json: Json): ValueText {
  return readFields(json, (fields) => {
    const type = typeText(fields.take('type'));
    if (fields.flag('is_null')) return { type: 'NULL', value: type };
    return { type, value: valueText(type, fields.take('value')) };
  });
}

function valueText(type: string, value: Json): string {
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) return scaled(wholeNumber(value), Number(scale));
  if (type === 'HUGEINT') return String(wholeNumber(value));
  if (value !== null && typeof value === 'object') return plainText(value);
  return String(value);
}

/** A whole number, which DuckDB cuts in two when it takes more than 64 bits. */
function wholeNumber(value: Json): bigint {
  if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value))) return BigInt(value);
  return readFields(
    value,
    (half) => (wholeNumber(half.take('upper')) << 64n) + wholeNumber(half.take('lower')),
  );
}

/** The number with its decimal point set. */
function scaled(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * A type as DuckDB spells it: `INTEGER`, `DECIMAL(18,3)`, `STRUCT(a INTEGER, "b c" VARCHAR)[]`, and by name
 * what only the catalogue knows.
 *
 * @throws {Unreadable} Where it holds more than its name says.
 */
export function typeText(json: Json): string {
  return readFields(json, (fields) => {
    const id = fields.text('id');
    const info = fields.take('type_info');
    if (info === null && id === 'VARIANT') throw new Unreadable('a VARIANT of nothing');
    return info === null ? id : readFields(info, (info) => detailed(id, info));
  });
}

function detailed(id: string, info: Fields): string {
  const kind = info.text('type');
  info.expect('extension_info', null);
  const alias = info.text('alias');
  switch (`${id} ${kind}`) {
    case 'BLOB GENERIC_TYPE_INFO':
      return alias;
    case 'DECIMAL DECIMAL_TYPE_INFO':
      return unnamed(alias, `DECIMAL(${info.count('width')},${info.count('scale')})`);
    case 'LIST LIST_TYPE_INFO':
      return unnamed(alias, `${typeText(info.take('child_type'))}[]`);
    case 'MAP LIST_TYPE_INFO':
      return unnamed(alias, mapText(info.take('child_type')));
    case 'ARRAY ARRAY_TYPE_INFO':
      return unnamed(alias, `${typeText(info.take('child_type'))}[${info.count('size')}]`);
    case 'STRUCT STRUCT_TYPE_INFO':
      return unnamed(alias, structText(info));
    case 'UNION STRUCT_TYPE_INFO':
      return unnamed(alias, structText(info).replace(unionTag, 'UNION('));
    case 'VARIANT STRUCT_TYPE_INFO':
      return unnamed(alias, structText(info).replace(variantText, 'VARIANT'));
    case 'UNBOUND UNBOUND_TYPE_INFO':
      return unnamed(alias, unboundName(info));
    default:
      throw new Unreadable(`the type ${id} with ${kind}`);
  }
}

function unnamed(alias: string, text: string): string {
  if (alias === '') return text;
  throw new Unreadable(`the type ${text} under the name ${alias}`);
}

/** The first member of a UNION is its tag. */
const unionTag = 'STRUCT("" UTINYINT, ';

/** What a VARIANT is made of. */
const variantText =
  'STRUCT(keys VARCHAR[], children STRUCT(keys_index UINTEGER, values_index UINTEGER)[], ' +
  'values STRUCT(type_id UTINYINT, byte_offset UINTEGER)[], data BLOB)';

const structText = (info: Fields): string => {
  const members = info
    .list('child_types')
    .map((member) =>
      readFields(member, (pair) => `${nameText(pair.text('first'))} ${typeText(pair.take('second'))}`),
    );
  return `STRUCT(${members.join(', ')})`;
};

/** A map is a list of structs of key and value. */
function mapText(entry: Json): string {
  const members = peek(peek(entry, 'type_info'), 'child_types');
  const [key, value] = ['0', '1'].map((at) => typeText(peek(peek(members, at), 'second')));
  if (typeText(entry) === `STRUCT(key ${key}, value ${value})`) return `MAP(${key}, ${value})`;
  throw new Unreadable('a MAP of something else than keys and values');
}

/** Names of types do not depend on case. */
function unboundName(info: Fields): string {
  const parts = ['catalog', 'schema', 'name'].map((key) => info.text(key)).filter((part) => part !== '');
  const modifiers = info.list('user_type_modifiers').map((modifier) => {
    const { type, value } = readValue(modifier);
    return type === 'VARCHAR' ? `'${value.replaceAll("'", "''")}'` : value;
  });
  const name = parts.map((part) => nameText(part.toUpperCase())).join('.');
  return modifiers.length === 0 ? name : `${name}(${modifiers.join(', ')})`;
}

const nameText = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReserved(name) ? name : `"${name.replaceAll('"', '""')}"`;
