import type { Closure } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import { createKeySet } from '../closure/create-key-set.js';
import { Edges } from '../closure/edges.js';
import { toParentValue } from '../closure/parent-value.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Entity, InnerReference, Reference, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';

/** A reference of an entity, told of each value that is written. */
export interface ReferenceProof {
  readonly columns: readonly string[];
  /** Whether the text of a single column, in UTF-8, is known to be fine; else its value is to be told. */
  isFine(bytes: Buffer, start: number, end: number): boolean;
  found(value: Key, child: Key): void;
}

/**
 * Checks each written reference against the closure: it resolves inside, to an external object, or is listed as dangling.
 * References that only the database can resolve (text that compares without case, unique non-key columns) were resolved there.
 */
export function closedProof(schema: Schema, closure: Closure, entity: Entity): readonly ReferenceProof[] {
  const plain = schema.references
    .filter((reference) => reference.child === entity.model && provable(entity, closure, reference))
    .map((reference): ReferenceProof => {
      const taken = closure.taken.get(reference.parent)?.taken;
      const external = closure.external.get(reference.parent);
      const dangling = new Set(closure.dangling.filter((one) => one.reference === reference).map((one) => one.value));
      const toParent = toParentValue(reference) ?? ((value: Key) => value);
      return {
        columns: reference.columns,
        isFine: (bytes, start, end) => reference.asText === undefined && taken?.hasText(bytes, start, end) === true,
        found: (value, child) => {
          const key = toParent(value);
          if (key !== undefined && (taken?.has(key) === true || external?.has(key) === true)) return;
          if (dangling.has(value)) return;
          throw new UnresolvedReference(entity, reference, child, value);
        },
      };
    });
  const inner = schema.inner.filter((one) => one.child === entity.model && provable(entity, closure, one));
  return inner.length === 0 ? plain : [...plain, ...inner.map((reference) => innerProof(schema, closure, entity, reference))];
}

function innerProof(schema: Schema, closure: Closure, entity: Entity, reference: InnerReference): ReferenceProof {
  const { parent, columns } = reference;
  const find = new Edges(schema).finder(reference);
  const taken = closure.taken.get(parent)?.taken;
  const external = closure.external.get(parent);
  const dangling = createKeySet(entity);
  for (const one of closure.dangling) if (one.reference === reference) dangling.add(one.key);
  return {
    columns,
    isFine: () => false,
    found: (value, child) => {
      for (const { key } of find(String(value))) {
        if (key !== undefined && (taken?.has(key) === true || external?.has(key) === true)) continue;
        if (!dangling.has(child)) throw new UnresolvedReference(entity, reference, child, value);
      }
    },
  };
}

function provable(entity: Entity, closure: Closure, reference: Reference): boolean {
  if (!reference.direct || reference.when !== undefined || closure.cut.get(reference) === 'all') return false;
  return !reference.columns.some((name) => entity.columns.find((column) => column.name === name)?.withheld !== undefined);
}

/** A written reference that leads nowhere: the database's fault, or ours. */
export class UnresolvedReference extends FailedError {
  constructor(
    entity: Entity,
    readonly reference: Reference,
    readonly child: Key,
    readonly value: Key,
  ) {
    super('NOT_CLOSED', `${formatObjectName(entity, child)}: ${reference.name} resolves neither inside the archive nor outside`, {
      hint: 'This is a defect of Portolan: no archive was written. Please report it.',
    });
  }
}
