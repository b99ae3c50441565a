import type { Analysis } from './analysis.ts';
import type { RowsMeaning } from './meaning.ts';
import { wholeOf } from './scope.ts';

/** Nobody can tell which rows a sample takes. */
export function sampledRows(meaning: RowsMeaning, sample: string, analysis: Analysis): RowsMeaning {
  analysis.unstable.add('SAMPLE takes other rows each time');
  const rows = analysis.terms.fresh(`sample ${sample}`, [wholeOf(meaning, analysis)]);
  return { ...meaning, rows };
}
