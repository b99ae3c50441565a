import {
  assembleManifest,
  findCycle,
  type DraftNode,
  type Json,
  type JsonObject,
  type Manifest,
  type NodeInput,
} from '@seeknal/manifest';

import type { Environment } from './environment.ts';
import { ProjectError, showPlace } from './errors.ts';
import { declaredColumns } from './declared-columns.ts';
import { frontMatter } from './front-matter.ts';
import { parseAggregation } from './node-aggregation.ts';
import { parseExposure } from './node-exposure.ts';
import { parseFeatureGroup } from './node-feature-group.ts';
import { nodeIds } from './node-inputs.ts';
import { checkAuditSql, parseRule } from './node-rule.ts';
import { parseSource } from './node-source.ts';
import { parseTransform } from './node-transform.ts';
import { unsupportedNode } from './node-unsupported.ts';
import type { NodeContext, ParsedNode } from './parsed-node.ts';
import { problemAt, type Findings, type Problem } from './problem.ts';
import { nodeFiles, PROFILES_FILE, PROJECT_FILE, readSource } from './project-files.ts';
import type { ProjectSettings } from './project-settings.ts';
import { profilesOf } from './profiles.ts';
import { pythonNodes } from './python-nodes.ts';
import { rawNode, type RawNode } from './raw-node.ts';
import { renamedFromAll } from './renamed-from.ts';
import { settingsOf } from './settings.ts';
import { snippetsOf } from './snippets.ts';
import { placeAt, sourceText, type SourceText } from './source-text.ts';
import { writtenConfig } from './written-config.ts';
import { yamlFile, type YamlFile } from './yaml-file.ts';

export interface ParseOptions {
  /** Absolute, with `seeknal_project.yml` in it. */
  readonly folder: string;
  readonly environment: Environment;
  /** Values for params that win over those of the nodes. */
  readonly params: JsonObject;
  readonly toolVersion: string;
  /** ISO instant. */
  readonly generatedAt: string;
}

/** A project read anew. */
export interface ParsedProject {
  readonly manifest: Manifest;
  readonly settings: ProjectSettings;
  readonly warnings: readonly Problem[];
}

/**
 * Reads every file of a project.
 *
 * @throws {ProjectError} `PROJECT_INVALID` with every problem of every file.
 */
export async function parseProject(options: ParseOptions): Promise<ParsedProject> {
  const { folder, environment } = options;
  const findings: Findings = { problems: [], warnings: [] };
  const settingsFile = await yamlAt(folder, PROJECT_FILE, findings);
  const settings = settingsFile === null ? null : settingsOf(folder, settingsFile, findings);
  const files = await nodeFiles(folder);
  const { raws, drafts, snippetFiles } = await readNodes(folder, files, findings);
  const profiles = profilesOf(await profilesFile(folder, findings), environment, findings);
  const snippets = snippetsOf(snippetFiles, findings);
  reportDuplicates(raws, drafts, findings);
  if (settings === null) throw ProjectError.invalid(findings.problems);

  const ids = nodeIds([...raws.map(({ id }) => id), ...drafts.map(({ id }) => id)]);
  const context: NodeContext = {
    settings,
    profiles,
    snippets,
    environment,
    params: options.params,
    ids,
    findings,
  };
  const parsed = raws.flatMap((raw) => parseNode(raw, context) ?? []);
  const nodes = [...drafts, ...finished(parsed, renamedFromAll(raws, ids))];
  reportCycle(parsed, findings);
  if (findings.problems.length > 0) throw ProjectError.invalid(findings.problems);
  const manifest = assembleManifest({
    project: settings.name,
    toolVersion: options.toolVersion,
    generatedAt: options.generatedAt,
    nodes,
  });
  return { manifest, settings, warnings: findings.warnings };
}

async function yamlAt(folder: string, file: string, findings: Findings): Promise<YamlFile | null> {
  const source = await readSource(folder, file, findings);
  return source === null ? null : yamlFile(source, findings);
}

/** The profiles, or null: they are often kept out of the repository, and may be empty. */
async function profilesFile(folder: string, findings: Findings): Promise<YamlFile | null> {
  const own: Findings = { problems: [], warnings: findings.warnings };
  const source = await readSource(folder, PROFILES_FILE, own);
  if (own.problems.some(({ message }) => message.includes('(ENOENT)'))) return null;
  findings.problems.push(...own.problems);
  const isEmpty = source === null || source.text.replaceAll(/^\s*(?:#.*)?$/gm, '').trim() === '';
  return isEmpty ? null : yamlFile(source, findings);
}

async function readNodes(
  folder: string,
  files: readonly string[],
  findings: Findings,
): Promise<{ raws: RawNode[]; drafts: DraftNode[]; snippetFiles: YamlFile[] }> {
  const raws: RawNode[] = [];
  const drafts: DraftNode[] = [];
  const snippetFiles: YamlFile[] = [];
  const sources = await Promise.all(files.map((file) => readSource(folder, file, findings)));
  for (const source of sources) {
    if (source === null) continue;
    const isCommon = source.file.startsWith('seeknal/common/');
    if (/\.py$/i.test(source.file)) {
      if (!isCommon) drafts.push(...pythonNodes(source, findings));
    } else if (/\.sql$/i.test(source.file)) {
      const raw = isCommon ? null : sqlNode(source, findings);
      if (raw !== null) raws.push(raw);
    } else {
      const file = yamlFile(source, findings);
      if (file !== null && isCommon) snippetFiles.push(file);
      const raw = file === null || isCommon ? null : rawNode(file, null, findings);
      if (raw !== null) raws.push(raw);
    }
  }
  return { raws, drafts, snippetFiles };
}

function sqlNode(source: SourceText, findings: Findings): RawNode | null {
  const { yaml, sqlStart } = frontMatter(source);
  const nothing: YamlFile = {
    source,
    value: {},
    placeOf: () => placeAt(source, 0),
    keyPlaceOf: () => placeAt(source, 0),
    sqlAt: (_path, template) => ({ template, place: placeAt(source, 0), indent: 0 }),
  };
  const file =
    yaml === null || yaml.trim() === '' ? nothing : yamlFile(sourceText(source.file, yaml), findings, source);
  const body = { template: source.text.slice(sqlStart), place: placeAt(source, sqlStart), indent: 0 };
  return file === null ? null : rawNode(file, body, findings);
}

function parseNode(raw: RawNode, context: NodeContext): ParsedNode | null {
  const node = parseKind(raw, context);
  if (node !== null && 'audits' in raw.config) checkAuditSql(raw, node.inputs, context);
  return node;
}

function parseKind(raw: RawNode, context: NodeContext): ParsedNode | null {
  switch (raw.kind) {
    case 'source':
      return parseSource(raw, context);
    case 'transform':
      return parseTransform(raw, context);
    case 'aggregation':
      return parseAggregation(raw, context);
    case 'feature_group':
      return parseFeatureGroup(raw, context);
    case 'rule':
      return parseRule(raw, context);
    case 'exposure':
      return parseExposure(raw, context);
    default:
      return unsupportedNode(
        raw,
        context,
        `The kind ${raw.kind}`,
        raw.config['kind'] === undefined ? [] : ['kind'],
      );
  }
}

/** Decides how each node reads its inputs, and makes drafts of the manifest's nodes. */
function finished(
  parsed: readonly ParsedNode[],
  formerNames: ReturnType<typeof renamedFromAll>,
): readonly DraftNode[] {
  const byId = new Map(parsed.map((node) => [node.raw.id, node]));
  return parsed.map((node) => {
    const inputs = node.inputs.map((input): NodeInput => {
      const timeColumn = byId.get(input.ref)?.timeColumn ?? null;
      const proven = input.reads === null && timeColumn !== null && node.provesInterval(input, timeColumn);
      return {
        ref: input.ref,
        place: input.place,
        reads: input.reads ?? { kind: proven ? 'interval' : 'all' },
      };
    });
    const { raw } = node;
    const { spec, definition } = node.finish(inputs);
    const { description, owner, tags } = raw.config;
    const renamedFrom = formerNames.get(raw.id);
    return {
      id: raw.id,
      name: raw.name,
      type: raw.kind,
      description: (description as string | undefined) ?? null,
      owner: (owner as string | undefined) ?? null,
      tags: ((tags ?? []) as readonly Json[]).map(String),
      ...(renamedFrom !== undefined && { renamedFrom }),
      columns: Object.fromEntries(
        declaredColumns({ ...raw, report: () => {} }).map(({ name, type }) => [name, type]),
      ),
      config: writtenConfig(raw, spec),
      file_path: raw.file.source.file,
      place: raw.place,
      spec,
      definition,
    };
  });
}

function reportDuplicates(raws: readonly RawNode[], drafts: readonly DraftNode[], findings: Findings): void {
  const first = new Map(drafts.map(({ id, place }) => [id.toLowerCase(), { id, place }]));
  for (const raw of raws) {
    const other = first.get(raw.id.toLowerCase());
    if (other === undefined) first.set(raw.id.toLowerCase(), raw);
    else {
      const spelt = other.id === raw.id ? '' : ` (names are compared without case)`;
      findings.problems.push(
        problemAt(
          raw.file.source,
          raw.place,
          'NODE_DUPLICATE',
          `${raw.id} is already at ${showPlace(other.place)}${spelt}.`,
          'Rename one of them.',
        ),
      );
    }
  }
}

function reportCycle(parsed: readonly ParsedNode[], findings: Findings): void {
  const cycle = findCycle(
    parsed.map(({ raw, inputs }) => ({ id: raw.id, inputs: inputs.map(({ ref }) => ref) })),
  );
  if (cycle === null) return;
  const byId = new Map(parsed.map(({ raw }) => [raw.id, raw]));
  const [first] = cycle;
  const raw = byId.get(first as string) as RawNode;
  const places = [...new Set(cycle)].map((id) => `${id} at ${showPlace((byId.get(id) as RawNode).place)}`);
  findings.problems.push(
    problemAt(
      raw.file.source,
      raw.place,
      'CYCLE',
      `These nodes read each other in a circle: ${cycle.join(' → ')} (${places.join(', ')}).`,
      'Take one of these references away.',
    ),
  );
}
