import type { Sample } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { readFields, Unreadable } from './fields.ts';
import { readValue } from './value-text.ts';

/** Method, size and seed. */
export function lowerSample(json: Json): Sample {
  return readFields(json, (fields) => {
    const { type, value } = readValue(fields.take('sample_size'));
    const unit = fields.flag('is_percentage') ? '%' : ' rows';
    if (type !== (unit === '%' ? 'DOUBLE' : 'BIGINT')) throw new Unreadable(`a sample of ${type}${unit}`);
    const method = fields.text('method').toLowerCase();
    const seed = fields.take('seed');
    // DuckDB writes 10 percent as 10.0, and no seed as -1.
    const size = unit === '%' ? value.replace(/\.0$/, '') : value;
    return { text: `${method} ${size}${unit}${seed === -1 ? '' : ` ${String(seed)}`}`, span: null };
  });
}
