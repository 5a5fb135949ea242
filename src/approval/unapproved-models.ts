import type { ReachableModels } from '../closure/reachable-models.js';
import type { ApprovedModel, Approval } from '../policy/approval.js';
import type { Problems } from '../schema/problems.js';
import { findColumn, resolveColumn } from '../schema/resolve-column.js';
import type { Column, Entity, Link, Schema } from '../schema/schema.js';
import { modelsNamed } from './model-names.js';

/** Models, columns and links that would leave and may not, a line each. */
export function unapprovedModels(
  schema: Schema,
  reach: ReachableModels,
  { models }: Approval,
  problems: Problems,
): readonly string[] {
  if (models === undefined) return [];
  const terms = new Map<string, ApprovedModel[]>();
  for (const [text, approved] of Object.entries(models)) {
    const named = modelsNamed(schema, 'approval.models', text, problems);
    checkMembers(schema, text, named, approved, problems);
    for (const { model } of named) terms.set(model, [...(terms.get(model) ?? []), approved]);
  }
  return [...new Set([...reach.rows, ...reach.external])].sort().flatMap((model) => {
    const entity = schema.entities.get(model);
    const own = terms.get(model) ?? [];
    if (entity === undefined) return [];
    if (own.length === 0)
      return [`models: ${model} may not leave${reach.rows.has(model) ? '' : ', not even as an external object'}`];
    const links = schema.links.filter(({ name, owner }) => owner.parent === model && reach.links.has(name));
    const lines = own.flatMap((approved) => [
      ...(reach.rows.has(model) ? unapprovedRows(entity, links, approved) : []),
      ...(reach.external.has(model) ? unapprovedNaturalKey(entity, approved) : []),
    ]);
    return [...new Set(lines)].sort();
  });
}

/** A name that means nothing would let leave what somebody wanted to keep. */
function checkMembers(schema: Schema, text: string, named: readonly Entity[], approved: ApprovedModel, problems: Problems): void {
  if (typeof approved === 'string' || named.length === 0) return;
  for (const name of 'only' in approved ? approved.only : approved.except) {
    const isThere = named.some(
      (entity) => findColumn(entity, name) !== undefined || linksOf(schema, entity).some((link) => isCalled(link, name)),
    );
    const [entity] = named;
    if (!isThere && entity !== undefined) problems.attempt(`approval.models.${text}`, () => resolveColumn(entity, name));
  }
}

function unapprovedRows(entity: Entity, links: readonly Link[], approved: ApprovedModel): readonly string[] {
  const { model, key } = entity;
  if (approved === 'all') return [];
  if (approved === 'key') return [`models: ${model} may leave only as an external object (key and natural key)`];
  const columns = entity.columns.filter(
    ({ name, withheld }) => withheld === undefined && !('only' in approved && key.includes(name)),
  );
  const members = [
    ...columns.filter((column) => !mayLeave(entity, column, approved)).map(({ member }) => member),
    ...links.filter((link) => !mayLinksLeave(link, approved)).map(({ member }) => member),
  ];
  return members.map((member) => `models: ${model}.${member} may not leave`);
}

/** Of an external object, key and natural key leave. */
function unapprovedNaturalKey(entity: Entity, approved: ApprovedModel): readonly string[] {
  if (typeof approved === 'string') return [];
  const natural = entity.columns.filter(
    ({ name, withheld }) => entity.naturalKey.includes(name) && withheld === undefined && !entity.key.includes(name),
  );
  return natural
    .filter((column) => !mayLeave(entity, column, approved))
    .map(({ member }) => `models: ${entity.model}.${member} may not leave, not even as a part of a natural key`);
}

function mayLeave(entity: Entity, column: Column, approved: Exclude<ApprovedModel, string>): boolean {
  const names = 'only' in approved ? approved.only : approved.except;
  return names.some((name) => findColumn(entity, name)?.name === column.name) === 'only' in approved;
}

function mayLinksLeave(link: Link, approved: Exclude<ApprovedModel, string>): boolean {
  const names = 'only' in approved ? approved.only : approved.except;
  return names.some((name) => isCalled(link, name)) === 'only' in approved;
}

function linksOf({ links }: Schema, { model }: Entity): readonly Link[] {
  return links.filter(({ owner }) => owner.parent === model);
}

function isCalled({ member }: Link, name: string): boolean {
  return member.toLowerCase() === name.toLowerCase();
}
