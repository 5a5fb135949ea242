import { didYouMean } from '../errors/nearest-names.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { FollowPolicy } from '../policy/policy.js';
import { insideName } from '../inside/inside.js';
import { idsAsText, writeAlike } from './column-kind.js';
import type { DraftReference, DraftTable } from './draft.js';
import { idTypes } from './draft-references.js';
import type { ReferenceNames } from './find-references.js';
import { findReferences, referenceHints } from './find-references.js';
import type { Problems } from './problems.js';
import type { Entity, FollowSettings, Reference } from './schema.js';

interface Draft {
  readonly tables: readonly DraftTable[];
  readonly references: readonly DraftReference[];
  readonly policy: ParsedPolicy;
  readonly problems: Problems;
}

/** The draft's edges with everything the engine asks of them. */
export function finishReferences(draft: Draft, entities: ReadonlyMap<string, Entity>): ReadonlyMap<DraftReference, Reference> {
  const names = nameReferences(draft.references);
  const parts = namedParts(draft, names);
  const follow = followSettings(draft, names);
  const finished = new Map<DraftReference, Reference>();
  for (const edge of draft.references) {
    const child = entities.get(edge.child.name.model);
    const parent = entities.get(edge.parent.name.model);
    if (child === undefined || parent === undefined) continue;
    const { columns, parentColumns } = inKeyOrder(edge, parent);
    const { inside } = edge;
    const nullable = inside === undefined && isNullable(edge, child);
    const exact = inside !== undefined || isExact(edge, { columns, entity: child }, { columns: parentColumns, entity: parent });
    const reference: Reference = {
      name: names.get(edge) ?? '',
      child: child.model,
      columns,
      parent: parent.model,
      parentColumns,
      direct: exact && isKey({ columns: parentColumns, entity: parent }),
      exact,
      asText: inside === undefined ? idTypes({ ...edge, columns, parentColumns }) : undefined,
      nullable,
      source: edge.source,
      constraint: constraintOf(edge),
      unique:
        inside === undefined &&
        child.uniques.some(
          (one) => one.predicate === undefined && one.columns.length > 0 && one.columns.every((name) => columns.includes(name)),
        ),
      indexed: inside === undefined && edge.child.table.indexed.some((name) => columns.includes(name)),
      when: edge.when === undefined ? undefined : Object.freeze({ ...edge.when }),
      inside,
      part: inside === undefined && (parts.has(edge) || edge.describesParent || isEagerPart(edge, draft.references)),
      follow: follow(edge, nullable),
    };
    finished.set(edge, Object.freeze(reference));
  }
  return finished;
}

function constraintOf({ constraint }: DraftReference): Reference['constraint'] {
  if (constraint === undefined) return undefined;
  return Object.freeze({ name: constraint.name, deferrable: constraint.deferrable, validated: constraint.validated });
}

/** `child.property`, else the columns; unique. */
function nameReferences(references: readonly DraftReference[]): ReferenceNames {
  const names = new Map<DraftReference, string>();
  const taken = new Set<string>();
  const named = references.filter((edge) => edge.property !== undefined);
  for (const edge of [...named, ...references.filter((one) => one.property === undefined)]) {
    const when = edge.when === undefined ? '' : `[${edge.when.column}=${edge.when.value.trimEnd()}]`;
    const value = edge.inside === undefined ? '' : insideName(edge.inside);
    const base = `${edge.child.name.model}.${edge.property ?? edge.columns.join('+')}${value}${when}`;
    let name = taken.has(base) ? `${base}:${edge.parent.name.model}` : base;
    for (let at = 2; taken.has(name); at += 1) name = `${base}:${String(at)}`;
    taken.add(name);
    names.set(edge, name);
  }
  return names;
}

/** The parent's key order, so that what the child holds is the parent's key as it stands. */
function inKeyOrder(edge: DraftReference, parent: Entity): Pick<Reference, 'columns' | 'parentColumns'> {
  if (edge.parentColumns.length !== parent.key.length || !parent.key.every((name) => edge.parentColumns.includes(name))) {
    return { columns: Object.freeze([...edge.columns]), parentColumns: Object.freeze([...edge.parentColumns]) };
  }
  const columns = parent.key.map((name) => edge.columns[edge.parentColumns.indexOf(name)] ?? '');
  return { columns: Object.freeze(columns), parentColumns: parent.key };
}

interface End {
  readonly columns: readonly string[];
  readonly entity: Entity;
}

function isKey({ columns, entity: { key } }: End): boolean {
  return columns.length === key.length && columns.every((name, at) => name === key[at]);
}

function isExact(edge: DraftReference, own: End, other: End): boolean {
  return own.columns.every((name, at) => {
    const parentName = other.columns[at] ?? '';
    const ownType = edge.child.columns.find((column) => column.name === name);
    const otherType = edge.parent.columns.find((column) => column.name === parentName);
    return (
      columnOf(own.entity, name)?.exact === true &&
      columnOf(other.entity, parentName)?.exact === true &&
      ownType !== undefined &&
      otherType !== undefined &&
      (writeAlike(ownType, otherType) || idsAsText(ownType, otherType) !== undefined)
    );
  });
}

/** Under MATCH FULL one NULL is not enough. A column that the database computes cannot be written. */
function isNullable(edge: DraftReference, child: Entity): boolean {
  const canBeNull = (name: string): boolean => {
    const column = columnOf(child, name);
    return column?.nullable === true && !column.generated && !child.key.includes(name);
  };
  return edge.constraint?.matchFull === true ? edge.columns.every(canBeNull) : edge.columns.some(canBeNull);
}

/**
 * Eager relations to an entity that references nothing else: TypeORM loads them with every parent, so that the application never
 * sees the parent without them.
 */
function isEagerPart(edge: DraftReference, references: readonly DraftReference[]): boolean {
  const isEager = edge.parent.metadata?.children.some((one) => one.eager && leadsTo(one, edge)) ?? false;
  return isEager && references.filter((other) => other.child === edge.child).length === 1;
}

/** What policies call parts: by the parent's property, or by the reference's name. */
function namedParts({ tables, references, problems }: Draft, names: ReferenceNames): ReadonlySet<DraftReference> {
  const parts = new Set<DraftReference>();
  for (const parent of tables) {
    for (const text of parent.policy?.parts ?? []) {
      const below = references.filter((edge) => edge.parent === parent && edge.inside === undefined);
      const byName = findReferences(tables, names, text).filter((edge) => below.includes(edge));
      const children = parent.metadata?.children ?? [];
      const exact = children.filter((one) => one.property === text);
      const relations = exact.length > 0 ? exact : children.filter((one) => one.property.toLowerCase() === text.toLowerCase());
      const byProperty = below.filter((edge) => relations.some((one) => leadsTo(one, edge)));
      const found = byProperty.length > 0 ? byProperty : byName;
      for (const edge of found) parts.add(edge);
      if (found.length > 0) continue;
      const known = [
        ...children.map((one) => one.property),
        ...referenceHints(new Map([...names].filter(([edge]) => below.includes(edge)))),
      ];
      problems.add(
        'UNKNOWN_REFERENCE',
        `models.${parent.name.model}.parts: no relation "${text}" leads to children`,
        didYouMean(text, known),
      );
    }
  }
  return parts;
}

function leadsTo(relation: { readonly child: string; readonly columns: readonly string[] }, edge: DraftReference): boolean {
  const { columns } = edge;
  return (
    relation.child === edge.child.key &&
    relation.columns.length === columns.length &&
    relation.columns.every((name) => columns.includes(name))
  );
}

/** A name cuts or nullifies, or is refused where it cannot; `*` does where it can. */
function followSettings(
  { tables, policy, problems }: Draft,
  names: ReferenceNames,
): (edge: DraftReference, nullable: boolean) => FollowSettings {
  const settings = new Map<DraftReference, FollowPolicy>();
  for (const [text, follow] of Object.entries(policy.follow ?? {})) {
    if (text === '*') continue;
    const [edge, ...others] = findReferences(tables, names, text);
    if (edge === undefined) {
      problems.add('UNKNOWN_REFERENCE', `follow: there is no reference "${text}"`, didYouMean(text, referenceHints(names)));
    } else if (others.length > 0) {
      const candidates = [edge, ...others].map((one) => names.get(one) ?? '').join(' or ');
      problems.add('MODEL_AMBIGUOUS', `follow: "${text}" can mean ${candidates}`, 'Write its whole name.');
    } else {
      const before = settings.get(edge) ?? {};
      const twice = (Object.keys(follow) as (keyof FollowPolicy)[]).find((one) => (before[one] ?? follow[one]) !== follow[one]);
      if (twice !== undefined) {
        const reason = `follow: "${text}" says another "${twice}" than another name of the same reference`;
        problems.add('POLICY_INVALID', reason, `Say in one place what holds for ${names.get(edge) ?? text}.`);
      }
      settings.set(edge, { ...before, ...follow });
    }
  }
  const general = policy.follow?.['*'];
  return (edge, nullable) => {
    const own: FollowPolicy = settings.get(edge) ?? {};
    if (edge.inside !== undefined) {
      const [wrong] = Object.entries(own).find(([one, said]) => !isOfInner(one as keyof FollowPolicy, said)) ?? [];
      if (wrong !== undefined) problems.add('POLICY_INVALID', ...insideOnly(names.get(edge) ?? '', wrong));
      return innerFollow;
    }
    const up = own.up ?? (general?.up === 'cut' && !nullable ? 'follow' : general?.up);
    return Object.freeze({
      up: up ?? 'follow',
      down: own.down ?? general?.down ?? 'follow',
      where: own.where ?? general?.where,
      limit: own.limit ?? general?.limit,
      onDelete: own.onDelete ?? (general?.onDelete === 'nullify' && !nullable ? undefined : general?.onDelete),
    });
  };
}

/** Of what stands inside values. */
export const innerFollow: FollowSettings = Object.freeze({
  ...{ up: 'follow', down: 'skip', onDelete: 'keep' },
  where: undefined,
  limit: undefined,
} as const);

/** Nothing can be written instead of a key inside a value, and no index finds the value by it. */
function isOfInner(setting: keyof FollowPolicy, said: unknown): boolean {
  return innerFollow[setting] === said;
}

function insideOnly(name: string, setting: string): readonly [reason: string, hint: string] {
  return [
    `follow: ${name} has its keys inside a value: "${setting}" cannot be said of it. It is followed up only, and the row that holds it keeps what it refers to`,
    'To let the value leave without those keys, write another one in its place: models.X.values.',
  ];
}

function columnOf(entity: Entity, name: string): Entity['columns'][number] | undefined {
  return entity.columns.find((column) => column.name === name);
}
