import type { ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { adviseConverter } from '../convert/advise-converter.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { ModelPolicy } from '../policy/policy.js';
import type { DraftSchema } from '../schema/build-schema.js';
import type { Entity, Schema } from '../schema/schema.js';
import { targetEntity } from '../schema/target-entity.js';
import type { ConflictStrategy } from '../terms.js';
import type { Fill } from './fill.js';
import { fixedFill, policyFill, randomFill } from './fill.js';
import type { TargetColumn, TargetModel } from './target.js';
import { linkInTarget, targetModel } from './target.js';

export interface DriftOptions {
  readonly header: ArchiveHeader;
  readonly schema: Schema;
  readonly tablesNamed: DraftSchema['tablesNamed'];
  readonly onConflict: ConflictStrategy;
  readonly ignoreNonexistent: boolean;
  readonly findings: Findings;
  /** Nothing will be written: what new rows would need does not count. */
  readonly readsOnly?: boolean | undefined;
}

/** What the target has not, in words. */
export const lacks = Object.freeze({
  model: 'the target has no such model or table',
  column: 'the target has no such column',
  link: 'the target has no such many-to-many relation',
});

/**
 * Holds the archive's schema against the target's, before anything is read or written. What is left out, and a type that changed,
 * is a finding; what would lose data, or what the database would refuse, is refused with all others.
 *
 * @throws RefusedError SCHEMA_DRIFT, WITHHELD_REQUIRED
 */
export function findDrift(options: DriftOptions): ReadonlyMap<string, TargetModel> {
  const { header, schema } = options;
  const problems: string[] = [];
  const unfilled: string[] = [];
  const models = new Map<string, TargetModel>();
  for (const model of header.order) {
    const described = header.entities[model];
    const entity = targetEntity(schema, header, model);
    if (described === undefined) continue;
    if (entity === undefined) {
      nonexistent(options, problems, 'missing-model', model, lackingModel(model, described, options.tablesNamed));
      continue;
    }
    const { policy } = entity;
    const columns = matchColumns(options, described, entity, model, problems);
    if (policy?.merge !== undefined) problems.push(...withoutNaturalKey(entity, model, columns));
    const fills = options.readsOnly === true ? [] : fillsOf(options, entity, model, columns, policy, unfilled);
    for (const [member, link] of Object.entries(described.links)) {
      if (linkInTarget(header, schema, entity, member, link) === undefined)
        nonexistent(options, problems, 'missing-link', `${model}.${member}`, lacks.link);
    }
    models.set(
      model,
      targetModel({ header, schema, model, entity, columns, fills, strategy: policy?.onConflict ?? options.onConflict }),
    );
  }
  if (problems.length === 0 && unfilled.length === 0) return models;
  const advice = options.readsOnly === true ? undefined : adviseConverter(header, schema);
  const orConvert =
    advice === undefined ? '' : ` Or convert the archive on its way, by the policy, and check what is guessed here:\n${advice}`;
  if (problems.length > 0) throw schemaDrift([...problems, ...unfilled], '', `${migrate}${orConvert}`);
  throw schemaDrift(unfilled, '', `Say in the policy of the import what new rows get there.${orConvert}`);
}

/** With the tables of that name in other schemas, and how to say that one of them is meant: somebody may have moved it. */
export function lackingModel(model: string, { schema, table }: ArchiveEntity, tablesNamed: DraftSchema['tablesNamed']): string {
  const elsewhere = tablesNamed(table).filter((other) => other.schema !== schema);
  const names = elsewhere.map((other) => `${other.schema}.${other.name}`);
  const [only, ...others] = names;
  if (only === undefined) return lacks.model;
  const isNamedSo = others.length === 0 && model.endsWith(`.${table.toLowerCase()}`);
  const policy = isNamedSo ? ` (policy: models: { '${only}': { app: '${model.slice(0, -table.length - 1)}' } })` : '';
  return `${lacks.model}, but ${names.join(', ')}${policy}`;
}

const migrate =
  'Migrate the target first. --ignore-nonexistent drops what the target lacks; the policy can fill a column it requires.';

export function schemaDrift(problems: readonly string[], more = '', hint = migrate): RefusedError {
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  return new RefusedError('SCHEMA_DRIFT', `the target's schema is not the archive's:\n${list}${more}`, {
    hint,
  });
}

function matchColumns(
  options: DriftOptions,
  described: ArchiveEntity,
  entity: Entity,
  model: string,
  problems: string[],
): readonly TargetColumn[] {
  const columns: TargetColumn[] = [];
  const named = new Set(Object.values(described.columns).map(({ name }) => name));
  for (const [member, told] of Object.entries(described.columns)) {
    const name = `${model}.${member}`;
    const inKey = described.key.includes(told.name);
    const column =
      entity.columns.find((one) => one.name === told.name) ??
      entity.columns.find((one) => told.property !== undefined && one.property === told.property && !named.has(one.name));
    if (column === undefined) {
      if (inKey) problems.push(`${name}: the target has no such key column`);
      else nonexistent(options, problems, 'missing-column', name, lacks.column);
      continue;
    }
    if (column.type !== told.type) {
      if (column.kind !== told.kind) problems.push(`${name}: is ${column.type} in the target, ${told.type} in the archive`);
      else options.findings.warn('changed-type', name, `is ${column.type} in the target, ${told.type} in the archive`);
    }
    columns.push({ member, inKey, column, archiveType: told.type });
  }
  const keyNames = described.key.map((name) => columns.find((one) => described.columns[one.member]?.name === name)?.column.name);
  if (keyNames.length !== entity.key.length || !entity.key.every((name, at) => keyNames[at] === name)) {
    problems.push(`${model}: the target's key is (${entity.key.join(', ')}), the archive's (${described.key.join(', ')})`);
  }
  return columns;
}

/** Why a model cannot be merged by natural key. */
function withoutNaturalKey(entity: Entity, model: string, columns: readonly TargetColumn[]): readonly string[] {
  if (entity.naturalKey.length === 0)
    return [`${model}: has no natural key to merge by (policy: models: { '${model}': { naturalKey: [ … ] } })`];
  const lacking = entity.naturalKey.filter((name) => !columns.some(({ column }) => column.name === name));
  return lacking.map((name) => `${model}: cannot be merged by ${name}, which the archive lacks`);
}

/** Columns that the target has and the archive lacks. */
function fillsOf(
  { header }: DriftOptions,
  entity: Entity,
  model: string,
  columns: readonly TargetColumn[],
  policy: ModelPolicy | undefined,
  problems: string[],
): readonly Fill[] {
  const held = new Set(columns.map(({ column }) => column.name));
  const fills: Fill[] = [];
  for (const column of entity.columns) {
    if (held.has(column.name) || column.generated) continue;
    const name = `${model}.${column.member}`;
    const value = policyFill(entity, column);
    if (value !== undefined) {
      fills.push(fixedFill(column, value));
      continue;
    }
    if (column.nullable || column.default !== undefined || column.identity !== undefined) continue;
    const isWithheld = Object.hasOwn(header.withheld, name) || column.withheld !== undefined;
    const fill = isWithheld ? randomFill(column) : undefined;
    if (fill === undefined) {
      problems.push(
        `${name}: ${isWithheld ? 'was withheld' : 'is not in the archive'}, cannot be NULL, and has no default (policy: models: { '${entity.name}': { fill: { … } } })`,
      );
      continue;
    }
    fills.push(fill);
  }
  return fills;
}

function nonexistent(
  { ignoreNonexistent, findings }: DriftOptions,
  problems: string[],
  kind: string,
  on: string,
  reason: string,
): void {
  if (ignoreNonexistent) findings.warn(kind, on, `${reason}: it is left out`);
  else problems.push(`${on}: ${reason}`);
}
