import type { JoinRelation, Relation, ValuesRelation } from '../tree.ts';
import type { Analysis, FromMeaning, QueryContext } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import { expressionContext, leftScope, type FromContext } from './from-context.ts';
import { joinMeaning } from './join.ts';
import type { RowsMeaning } from './meaning.ts';
import { opaqueInputs } from './opaque.ts';
import { pivotMeaning, unpivotMeaning } from './pivot.ts';
import { renamed } from './renamed.ts';
import { sampledRows } from './sampled.ts';
import { wholeScope } from './scope.ts';
import { functionMeaning } from './table-function.ts';
import { openRows, tableMeaning } from './tables.ts';
import type { Term } from './terms.ts';

/** What stands behind FROM; nothing gives one row without columns. */
export function fromMeaning(relation: Relation | null, context: QueryContext): FromMeaning {
  const { terms } = context.analysis;
  if (relation === null) {
    const rows = { rows: terms.of('one row'), columns: [], order: terms.of('no order'), open: null };
    return { entries: [], merged: new Map(), rows };
  }
  const count = leaves(relation) > 1 ? { next: 0 } : null;
  return relationMeaning(relation, { ...context, left: { entries: [], merged: new Map() }, count });
}

const leaves = (relation: Relation): number =>
  relation.kind === 'join' ? leaves(relation.left) + leaves(relation.right) : 1;

function relationMeaning(relation: Relation, context: FromContext): FromMeaning {
  const { analysis } = context;
  if (relation.kind === 'join') {
    const plain = joinMeaning(relation, context, relationMeaning);
    const sampled =
      relation.sample === null ? plain.rows : sampledRows(plain.rows, relation.sample.text, analysis);
    if (relation.alias === null) return { ...plain, rows: sampled };
    const rows = renamed(sampled, relation.columns, analysis);
    return { entries: [{ name: [analysis.fold(relation.alias)], rows }], merged: new Map(), rows };
  }
  const plain = leafMeaning(relation, context);
  const sampled = relation.sample === null ? plain : sampledRows(plain, relation.sample.text, analysis);
  const rows = placed(renamed(sampled, relation.columns, analysis), context);
  return { entries: [{ name: nameOf(relation, analysis), rows }], merged: new Map(), rows };
}

function leafMeaning(relation: Exclude<Relation, JoinRelation>, context: FromContext): RowsMeaning {
  switch (relation.kind) {
    case 'table':
      return tableMeaning(relation, context);
    case 'derived':
      return context.analysis.query(relation.query, { ...context, outer: leftScope(context) });
    case 'table-function':
      return functionMeaning(relation, context);
    case 'values':
      return valuesMeaning(relation, context);
    case 'pivot':
      return pivotMeaning(relation, fromMeaning(relation.source, context), expressionContext(context));
    case 'unpivot':
      return unpivotMeaning(relation, fromMeaning(relation.source, context), context.analysis);
    case 'opaque-relation': {
      const { analysis } = context;
      analysis.opaque.add(relation.reason);
      const around = wholeScope(leftScope(context), analysis);
      return openRows(
        analysis.terms.of(`opaque ${JSON.stringify(relation.text)}`, [
          ...opaqueInputs(relation.tables, context),
          ...around,
        ]),
        analysis,
      );
    }
  }
}

const nameOf = (relation: Exclude<Relation, JoinRelation>, { fold }: Analysis): readonly string[] | null => {
  if (relation.alias !== null) return [fold(relation.alias)];
  if (relation.kind === 'table') return relation.name.map(fold);
  return relation.kind === 'table-function' && relation.call.kind === 'call' ? [relation.call.name] : null;
};

/** A relation beside others: its columns are told apart from theirs, also when it is the same table twice. */
function placed(meaning: RowsMeaning, { count, analysis: { terms } }: FromContext): RowsMeaning {
  if (count === null) return meaning;
  const place = `from ${count.next}`;
  count.next += 1;
  return {
    ...meaning,
    columns: meaning.columns.map((column) => ({ ...column, value: terms.marked(place, column.value) })),
    open: openThen(meaning.open, (value) => terms.marked(place, value)),
  };
}

const openThen = (open: RowsMeaning['open'], then: (value: Term) => Term): RowsMeaning['open'] =>
  open === null ? null : (name) => then(open(name));

function valuesMeaning({ rows }: ValuesRelation, context: FromContext): RowsMeaning {
  const { terms } = context.analysis;
  const inner = expressionContext(context);
  const values = rows.map((row) => row.map((each) => expressionMeaning(each, inner)));
  const count = terms.of(`${rows.length} rows`);
  const first = values[0] as readonly Term[];
  // What is not known may read whatever it can see.
  const around = inner.seen.opaque ? wholeScope(inner.scope, context.analysis) : [];
  return {
    rows: count,
    columns: first.map((_, index) => ({
      name: `col${index}`,
      value: terms.of(
        'values',
        [...values.flatMap((row) => row.slice(index, index + 1)), ...around],
        [count],
      ),
    })),
    order: terms.of('no order'),
    open: null,
  };
}
