import type { ArchiveColumn, ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { didYouMean } from '../errors/nearest-names.js';
import type { ColumnConverter, ColumnSql, Converter, ModelConverter, NewColumn } from '../policy/converter.js';
import type { Schema } from '../schema/schema.js';
import { toArchiveValue } from '../values/archive-value.js';
import { findArchivedModel, findMentionedModel, resolveArchivedMember } from './archive-names.js';
import type { ComputedColumn, ConstantColumn, Conversion } from './conversion.js';
import { convertedHeader } from './converted-header.js';
import { converterInvalid } from './converter-invalid.js';
import type { Expressions } from './expressions.js';
import type { ResolvedColumn, ResolvedModel } from './resolved-model.js';
import { renamedModel, TargetNames } from './target-names.js';

/** Where a converter stands, and what it is held against. */
export interface ResolveOptions {
  readonly converter: Converter;
  readonly where: string;
  readonly header: ArchiveHeader;
  readonly schema: Schema;
  readonly expressions: Expressions;
}

/** Holds a converter against an archive that it fits. @throws UsageError CONVERTER_INVALID for what the archive has not got, and for SQL that the database does not understand */
export async function resolveConverter(options: ResolveOptions): Promise<Conversion> {
  const { converter, where, header, schema } = options;
  const models = new Map<string, ResolvedModel>();
  for (const [name, rules] of Object.entries(converter.models)) {
    const place = `${where}.models.${name}`;
    const model = findArchivedModel(header, name, place);
    const mentioned = model === undefined ? findMentionedModel(header, name, place) : undefined;
    if (mentioned !== undefined) models.set(mentioned, withoutObjects(schema, mentioned, rules));
    else if (model === undefined) refuseUnknownModel(options, name, place);
    else if (models.has(model)) throw converterInvalid(place, `${model} stands there twice, by two names`);
    else models.set(model, await resolveModel(options, model, rules, place));
  }
  return convertedHeader({ where, header, schema, models });
}

/** One that `from` names may be missing: not every export has rows of it. */
function refuseUnknownModel({ converter: { from }, header }: ResolveOptions, name: string, place: string): void {
  if (typeof from !== 'string' && Object.keys(from).some((one) => one.toLowerCase() === name.toLowerCase())) return;
  const known = [...new Set([...Object.keys(header.entities), ...(typeof from === 'string' ? [] : Object.keys(from))])];
  const short = known.map((model) => model.slice(model.indexOf('.') + 1));
  throw converterInvalid(
    place,
    typeof from === 'string' ? 'the archive has no such model' : 'neither the archive nor "from" has such a model',
    didYouMean(name, name.includes('.') ? known : short) ?? `Known: ${known.join(', ')}`,
  );
}

function withoutObjects(schema: Schema, model: string, { renameTo, drop }: ModelConverter): ResolvedModel {
  const to = drop === true ? undefined : renameTo === undefined ? model : renamedModel(schema, renameTo).model;
  return { model, to, table: {}, ...newDraft() };
}

/** What is known of a model so far. */
interface ModelDraft {
  readonly members: Map<string, string | undefined>;
  readonly columns: Map<string, ResolvedColumn>;
  readonly links: Map<string, ReturnType<TargetNames['link']>>;
  readonly dropped: string[];
  readonly constants: ConstantColumn[];
  readonly computed: ComputedColumn[];
}

function newDraft(): ModelDraft {
  return { members: new Map(), columns: new Map(), links: new Map(), dropped: [], constants: [], computed: [] };
}

async function resolveModel(
  options: ResolveOptions,
  model: string,
  rules: ModelConverter,
  place: string,
): Promise<ResolvedModel> {
  const { header, schema } = options;
  const draft = newDraft();
  if (rules.drop === true) return { model, to: undefined, table: {}, ...draft };
  const renamed = rules.renameTo === undefined ? undefined : renamedModel(schema, rules.renameTo);
  const names = renamed === undefined ? TargetNames.of(schema, header, model) : new TargetNames(schema, renamed.entity);
  const entity = header.entities[model] as ArchiveEntity;
  const seen = new Set<string>();
  for (const [name, rule] of Object.entries(rules.columns ?? {})) {
    const at = `${place}.columns.${name}`;
    const member = resolveArchivedMember(header, model, name, at);
    if (seen.has(member)) throw converterInvalid(at, `${model}.${member} stands there twice, by two names`);
    seen.add(member);
    await resolveMember({ ...options, entity, names, draft }, member, rule, at);
  }
  for (const [name, value] of Object.entries(rules.defaults ?? {}))
    await addColumn({ ...options, entity, names, draft }, name, value, `${place}.defaults.${name}`);
  const table = renamed?.entity?.table;
  return {
    ...{ model, to: renamed?.model ?? model, ...draft },
    table: table === undefined ? {} : { schema: table.schema, table: table.name },
  };
}

interface ModelContext extends ResolveOptions {
  readonly entity: ArchiveEntity;
  readonly names: TargetNames;
  readonly draft: ModelDraft;
}

async function resolveMember(context: ModelContext, member: string, rule: ColumnConverter, at: string): Promise<void> {
  const { entity, names, draft } = context;
  const told = Object.hasOwn(entity.columns, member) ? entity.columns[member] : undefined;
  const inKey = told !== undefined && entity.key.includes(told.name);
  const isLink = Object.hasOwn(entity.links, member);
  if (inKey && (rule.drop === true || rule.using !== undefined || rule.split !== undefined))
    throw converterInvalid(at, 'is in the key: that can only be renamed', 'The keys of an archive are who its objects are.');
  if (told === undefined && (rule.using !== undefined || rule.split !== undefined)) {
    const what = isLink ? 'is a many-to-many relation' : 'was withheld from the archive';
    throw converterInvalid(at, `${what}: it can only be renamed or dropped`);
  }
  if (rule.drop === true || rule.split !== undefined) {
    draft.members.set(member, undefined);
    if (rule.drop === true && (told !== undefined || isLink)) draft.dropped.push(member);
    for (const [name, sql] of Object.entries(rule.split ?? {}))
      await addColumn(context, name, typeof sql === 'string' ? { sql } : sql, `${at}.split.${name}`);
    return;
  }
  if (isLink) {
    const link = names.link(rule.rename ?? member);
    draft.links.set(member, link);
    draft.members.set(member, link.member);
    return;
  }
  const column = names.column(rule.rename ?? told?.name ?? member);
  const after = rule.rename === undefined && told !== undefined ? { member, told } : column;
  draft.members.set(member, after.member);
  if (told === undefined) return;
  let { type, kind } = told;
  if (rule.using !== undefined) {
    const made = await context.expressions.typeOf(entity, rule.using, rule.type ?? column.type, `${at}.using`);
    draft.computed.push({ member: after.member, where: `${at}.using`, sql: rule.using, type: made });
    ({ type, kind } = made);
  }
  draft.columns.set(member, { member: after.member, told: { ...after.told, type, kind } });
}

/** A column that the archive lacks. */
async function addColumn(context: ModelContext, name: string, value: NewColumn, at: string): Promise<void> {
  const { entity, names, draft, expressions } = context;
  const { member, told, type: wanted } = names.column(name);
  if (names.entity?.key.includes(told.name) === true)
    throw converterInvalid(
      at,
      "is in the target's key: converters give no keys",
      'The keys of an archive are who its objects are.',
    );
  if ([...draft.columns.values()].some((one) => one.member === member))
    throw converterInvalid(at, `${member} stands there twice`);
  const isNew = (type: Pick<ArchiveColumn, 'type' | 'kind'>): void => {
    draft.columns.set(`+${member}`, { member, told: { ...told, type: type.type, kind: type.kind } });
  };
  if (isSql(value)) {
    const type = await expressions.typeOf(entity, value.sql, value.type ?? wanted, at);
    draft.computed.push({ member, where: at, sql: value.sql, type });
    isNew(type);
    return;
  }
  const made = await expressions.constant(value === null ? null : String(value), wanted ?? plainType(value), at);
  draft.constants.push({ member, value: toArchiveValue(made.text, made.type.kind) });
  isNew(made.type);
}

function isSql(value: NewColumn): value is ColumnSql {
  return typeof value === 'object' && value !== null;
}

/** Of a value for a column that only another converter knows. */
function plainType(value: Exclude<NewColumn, ColumnSql>): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'numeric';
  return 'text';
}
