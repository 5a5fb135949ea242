import type { Column, Entity, ValueKind } from '../../src/schema/schema.js';

/** A column as the schema would have it, for tests that need no more of it than name and type. */
export function column(name: string, type: string, kind: ValueKind): Column {
  return {
    name,
    property: name,
    member: name,
    type,
    lookupType: kind === 'integer' ? 'bigint' : type,
    integer: kind === 'integer' ? 'int8' : undefined,
    equality: '=',
    collation: undefined,
    kind,
    exact: true,
    nullable: true,
    default: undefined,
    generated: false,
    identity: undefined,
    sequence: undefined,
    withheld: undefined,
    transformed: false,
  };
}

/** A table as the schema would have it. */
export function entity(name: string, columns: readonly Column[], key: readonly string[]): Entity {
  return {
    model: `public.${name}`,
    app: 'public',
    name,
    table: { schema: 'public', name },
    partitioned: false,
    role: 'object',
    columns,
    key,
    uniques: [],
    exclusions: [],
    naturalKey: [],
    known: true,
    triggers: [],
    estimatedRows: -1,
    discriminator: undefined,
    nestedSet: undefined,
    materializedPath: undefined,
    policy: undefined,
  };
}
