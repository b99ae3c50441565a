import { inputFindings, placesOf } from './compare-inputs.ts';
import { worse, type ChangeDetail, type NodeChange } from './node-change.ts';
import type { Json, JsonObject, ManifestNode } from './node.ts';
import { differingKeys, sameJson, type Finding } from './node-finding.ts';
import { sqlChangeOf, type SqlClassifier } from './sql-change.ts';

/** Keys that other findings speak of. */
const TOLD_APART = new Set(['sql', 'columns', 'inputs']);

/** How a node differs from its older version by itself, whatever became of what it reads; null: not at all. */
export function compareNodes(
  old: ManifestNode,
  now: ManifestNode,
  classify: SqlClassifier,
): NodeChange | null {
  const isSame = sameJson(old.definition, now.definition) && sameJson(placesOf(old), placesOf(now));
  const found = [
    ...(isSame ? [] : definitionFindings(old, now, classify)),
    ...metadataFindings(old, now, isSame),
  ];
  if (found.length === 0) return null;
  const details = found.flatMap((finding) => finding.details);
  const category = found.map((finding) => finding.category).reduce(worse);
  const reasons = found.filter((finding) => finding.category === category).map(({ reason }) => reason);
  return {
    node: now.id,
    category,
    types: [...new Set(details.map(({ type }) => type))],
    details,
    reason: reasons.join(' '),
  };
}

/** What never decides rows. With equal definitions that is all that was written, comments in SQL included. */
function metadataFindings(old: ManifestNode, now: ManifestNode, isSame: boolean): readonly Finding[] {
  const view = ({ description, owner, tags, config }: ManifestNode): JsonObject => ({
    ...(isSame ? config : { audits: config['audits'] ?? null }),
    description,
    owner,
    tags,
  });
  const keys = differingKeys(view(old), view(now));
  if (keys.length === 0) return [];
  return [
    {
      category: 'METADATA',
      details: keys.map((key) => ({
        type: 'METADATA_CHANGED',
        subject: key,
        sentence: `Its ${key} changed.`,
      })),
      reason: 'Only what does not decide rows changed.',
    },
  ];
}

function definitionFindings(
  old: ManifestNode,
  now: ManifestNode,
  classify: SqlClassifier,
): readonly Finding[] {
  const keys = differingKeys(old.definition, now.definition);
  const config = keys.filter((key) => !TOLD_APART.has(key));
  return [
    ...(keys.includes('sql') ? [sqlFinding(old, now, classify)] : []),
    ...(keys.includes('columns')
      ? [columnsFinding(old.definition['columns'], now.definition['columns'])]
      : []),
    ...inputFindings(old, now, keys.includes('inputs')),
    ...config.map((key): Finding => {
      const sentence = `Its ${key} changed.`;
      return {
        category: 'BREAKING',
        details: [{ type: 'CONFIG_CHANGED', subject: key, sentence }],
        reason: sentence,
      };
    }),
  ];
}

function sqlFinding(old: ManifestNode, now: ManifestNode, classify: SqlClassifier): Finding {
  const change = sqlChangeOf(old, now);
  const doubt = doubtOf(old) ?? doubtOf(now);
  const verdict = change && classify(change);
  if (verdict === null || (doubt !== null && verdict.category !== 'BREAKING')) {
    const sentence = 'Its SQL changed.';
    return {
      category: 'BREAKING',
      details: [{ type: 'SQL_LOGIC_CHANGED', subject: null, sentence }],
      reason: `${sentence} ${doubt ?? 'What that does to its rows is not known.'}`,
    };
  }
  const isHarmless = verdict.category === 'EQUAL' || verdict.category === 'METADATA';
  if (isHarmless) {
    const sentence = 'Its SQL is written otherwise and means the same.';
    return {
      category: 'METADATA',
      details: [{ type: 'METADATA_CHANGED', subject: 'sql', sentence }],
      reason: sentence,
    };
  }
  return {
    category: verdict.category,
    details: verdict.edits.flatMap(({ changes, sentence }) =>
      changes.map((type): ChangeDetail => ({ type, subject: null, sentence })),
    ),
    reason: verdict.reason,
  };
}

/** Why the text of a query says too little about the rows of its node; null: it says all. */
function doubtOf({ spec, definition }: ManifestNode): string | null {
  if (spec.kind === 'transform' && spec.volatile.length > 0)
    return `It calls ${spec.volatile.join(', ')}, which may give other values each time.`;
  // Of rows with one key any may be kept, and a new column may decide which.
  const isUpsert = definition['mode'] === 'upsert_by_key' && (definition['order_by'] ?? null) === null;
  return isUpsert ? 'Which of the rows with one key is kept is not said by an order_by.' : null;
}

/** Declared columns cast what is read: every difference of them reaches rows. */
function columnsFinding(old: Json | undefined, now: Json | undefined): Finding {
  const [before, after] = [typesOf(old), typesOf(now)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const details = names.flatMap((name): readonly ChangeDetail[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    if (was === undefined)
      return [{ type: 'COLUMN_ADDED', subject: name, sentence: `Column ${name} is declared as ${is}.` }];
    if (is === undefined)
      return [{ type: 'COLUMN_REMOVED', subject: name, sentence: `Column ${name} is no longer declared.` }];
    const sentence = `Column ${name} was declared as ${was}, and is as ${is}.`;
    return [{ type: 'COLUMN_TYPE_CHANGED', subject: name, sentence }];
  });
  const order = {
    type: 'CONFIG_CHANGED',
    subject: 'columns',
    sentence: 'Its declared columns changed.',
  } as const;
  return {
    category: 'BREAKING',
    details: details.length === 0 ? [order] : details,
    reason: 'Its declared columns changed.',
  };
}

/** Types by column, of a list of columns or of a map from column to type. */
function typesOf(columns: Json | undefined): ReadonlyMap<string, string> {
  const entries = Array.isArray(columns)
    ? (columns as readonly JsonObject[]).map(({ name, type }) => [name, type] as const)
    : Object.entries((columns ?? {}) as JsonObject);
  return new Map(entries.map(([name, type]) => [String(name), String(type)]));
}
