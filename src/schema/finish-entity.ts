import type { Findings } from '../findings/finding.js';
import { comparesExactly, valueKind } from './column-kind.js';
import type { DraftLink } from './draft-links.js';
import type { DraftTable } from './draft.js';
import { columnMembers } from './members.js';
import { columnNames } from './row-identity.js';
import type { Column, Entity, UniqueConstraint } from './schema.js';

/** The table as the engine knows it; what is withheld, and by what people know its rows, is decided later. */
export function finishEntity(table: DraftTable, links: readonly DraftLink[], findings: Findings): Entity {
  const members = columnMembers(table, links);
  const columns = table.columns.map((column) => finishColumn(table, column, members.get(column.name) ?? column.name));
  reportColumns(table, members, findings);
  return {
    model: table.name.model,
    app: table.name.app,
    name: table.name.name,
    table: Object.freeze({ schema: table.table.schema, name: table.table.name }),
    partitioned: table.table.kind === 'p',
    aliases: Object.freeze([...table.aliases]),
    role: links.some((link) => link.through === table) ? 'link' : 'object',
    columns: columns.sort((a, b) => Buffer.compare(Buffer.from(a.member), Buffer.from(b.member))),
    key: Object.freeze([...table.identity]),
    uniques: constraints(table, table.indexes),
    exclusions: constraints(table, table.exclusions),
    naturalKey: [],
    known: table.metadata !== undefined,
    triggers: Object.freeze([...table.triggers]),
    estimatedRows: table.table.estimatedRows,
    discriminator: table.metadata?.discriminator,
    nestedSet: table.metadata?.nestedSet,
    policy: table.policy,
  };
}

const integerTypes = ['int2', 'int4', 'int8'] as const;

function finishColumn(table: DraftTable, column: DraftTable['columns'][number], member: string): Column {
  const described = (table.metadata?.columns ?? []).filter((one) => one.name === column.name);
  return {
    name: column.name,
    property: described.find((one) => one.property !== undefined)?.property,
    member,
    type: column.type,
    lookupType: column.lookupType,
    integer: column.baseSchema === 'pg_catalog' ? integerTypes.find((type) => type === column.baseType) : undefined,
    equality: column.equality,
    collation: column.collation,
    kind: valueKind(column),
    exact: comparesExactly(column),
    nullable: column.nullable,
    default: column.default,
    generated: column.generated,
    ...(column.generatedAs === undefined ? {} : { generatedAs: column.generatedAs }),
    identity: column.identity,
    sequence: column.sequence === undefined ? undefined : Object.freeze({ ...column.sequence }),
    withheld: undefined,
    transformed: described.some((one) => one.transformed),
  };
}

function reportColumns(table: DraftTable, members: ReadonlyMap<string, string>, findings: Findings): void {
  const described = table.metadata?.columns ?? [];
  for (const { name, baseType, baseSchema } of table.columns) {
    const on = `${table.name.model}.${members.get(name) ?? name}`;
    if (table.metadata?.kind === 'regular' && !described.some((one) => one.name === name)) {
      findings.note('unknown-column', on, 'the metadata does not know this column: it is carried');
    }
    if (described.some((one) => one.name === name && one.transformed)) {
      findings.note('transformed-column', on, 'has a TypeORM transformer: the stored value is what travels');
    }
    if (baseSchema === 'pg_catalog' && baseType === 'money') {
      findings.note('locale-dependent-type', on, 'money depends on lc_monetary: it is carried in the C locale');
    }
  }
  for (const name of new Set(described.map((one) => one.name))) {
    if (!table.columns.some((column) => column.name === name)) {
      findings.warn('missing-column', `${table.name.model}.${name}`, 'is mapped, but the database has no such column');
    }
  }
}

function constraints(table: DraftTable, indexes: DraftTable['indexes']): readonly UniqueConstraint[] {
  return Object.freeze(
    indexes.map((index) =>
      Object.freeze({
        name: index.name,
        columns: Object.freeze(index.columns.includes(0) ? [] : [...columnNames(table.columns, index.columns)]),
        parts: Object.freeze([...index.parts]),
        predicate: index.predicate,
        nullsNotDistinct: index.nullsNotDistinct,
        operators: index.operators.length === 0 ? undefined : Object.freeze([...index.operators]),
        primary: index.primary,
        deferrable: index.deferrable,
      }),
    ),
  );
}
