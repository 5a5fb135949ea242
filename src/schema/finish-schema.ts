import type { Findings } from '../findings/finding.js';
import type { ModelPolicy } from '../policy/policy.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { comparesExactly, valueKind } from './column-kind.js';
import type { DraftLink } from './draft-links.js';
import type { DraftReference, DraftTable } from './draft.js';
import { columnNames } from './draft.js';
import { finishReferences } from './finish-references.js';
import { columnMembers, linkMember } from './members.js';
import { policyTables } from './policy-tables.js';
import type { Column, Entity, Link, Schema, UniqueConstraint } from './schema.js';
import { withheldReason } from './withheld.js';

export interface Draft {
  readonly tables: readonly DraftTable[];
  readonly references: readonly DraftReference[];
  readonly links: readonly DraftLink[];
  readonly policy: ParsedPolicy;
  readonly findings: Findings;
}

/** Turns the draft into the frozen value that the engine works on. */
export function finishSchema(draft: Draft): Schema {
  const through = new Set(draft.links.map((link) => link.through));
  const policies = modelPolicies(draft);
  const entities = new Map<string, Entity>();
  for (const table of [...draft.tables].sort((a, b) => (a.name.model < b.name.model ? -1 : 1))) {
    entities.set(table.name.model, finishEntity(draft, table, through.has(table), policies.get(table)));
  }
  const withheld = withheldReason(draft.policy, entities, draft.references);
  for (const [model, entity] of entities) {
    const columns = entity.columns.map((column) => Object.freeze({ ...column, withheld: withheld(entity, column) }));
    entities.set(model, Object.freeze({ ...entity, columns: Object.freeze(columns) }));
  }
  const references = finishReferences(draft, entities, policies);
  const links = draft.links.map((link): Link => {
    const owner = entities.get(link.owner.parent.name.model);
    const member = linkMember(link, new Set(owner?.columns.map((column) => column.member)));
    const reference = (one: DraftReference): Link['owner'] => {
      const found = references.get(one);
      if (found === undefined) throw new TypeError('a link without its reference');
      return found;
    };
    return Object.freeze({
      name: `${link.owner.parent.name.model}.${member}`,
      through: link.through.name.model,
      member,
      owner: reference(link.owner),
      inverse: reference(link.inverse),
    });
  });
  return Object.freeze({
    entities,
    references: Object.freeze([...references.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
    links: Object.freeze(links.sort((a, b) => (a.name < b.name ? -1 : 1))),
  });
}

export type ModelPolicies = ReadonlyMap<DraftTable, ModelPolicy>;

function modelPolicies({ tables, policy }: Draft): ModelPolicies {
  const policies = new Map<DraftTable, ModelPolicy>();
  for (const [text, model] of Object.entries(policy.models ?? {})) for (const table of policyTables(tables, text)) policies.set(table, model);
  return policies;
}

function finishEntity(draft: Draft, table: DraftTable, isLink: boolean, policy: ModelPolicy | undefined): Entity {
  const members = columnMembers(table, draft.references, draft.links);
  const columns = table.columns
    .map((column): Column => {
      const metadata = table.metadata?.columns.find((one) => one.name === column.name);
      const name = `${table.name.model}.${members.get(column.name) ?? column.name}`;
      if (table.metadata?.kind === 'regular' && metadata === undefined) draft.findings.note('unknown-column', name, 'the metadata does not know this column: it is carried');
      if (metadata?.transformed === true) draft.findings.note('transformed-column', name, 'has a TypeORM transformer: the stored value is what travels');
      if (column.baseType === 'money') draft.findings.note('locale-dependent-type', name, 'money depends on lc_monetary: it is carried in the C locale');
      return {
        name: column.name,
        property: metadata?.property,
        member: members.get(column.name) ?? column.name,
        type: column.type,
        lookupType: column.lookupType,
        equality: column.equality,
        kind: valueKind(column),
        exact: comparesExactly(column),
        nullable: column.nullable,
        default: column.default,
        generated: column.generated,
        identity: column.identity,
        sequence: column.sequence,
        withheld: undefined,
        transformed: metadata?.transformed ?? false,
      };
    })
    .sort((a, b) => (a.member < b.member ? -1 : 1));
  const uniques = uniqueConstraints(table);
  const natural = uniques.find((one) => !one.primary && one.predicate === undefined && one.columns.length > 0 && !sameNames(one.columns, table.identity));
  return {
    model: table.name.model,
    app: table.name.app,
    name: table.name.name,
    table: Object.freeze({ schema: table.table.schema, name: table.table.name }),
    role: isLink ? 'link' : 'object',
    columns,
    key: Object.freeze([...table.identity]),
    uniques,
    naturalKey: Object.freeze([...(policy?.naturalKey?.map((text) => columnName(columns, text)) ?? natural?.columns ?? [])]),
    known: table.metadata !== undefined,
    triggers: Object.freeze([...table.triggers]),
    estimatedRows: table.table.estimatedRows,
    discriminator: table.metadata?.discriminator,
  };
}

function uniqueConstraints(table: DraftTable): readonly UniqueConstraint[] {
  return Object.freeze(
    table.indexes.map((index) =>
      Object.freeze({
        name: index.name,
        columns: index.columns.includes(0) ? [] : columnNames(table.columns, index.columns),
        parts: index.parts,
        predicate: index.predicate,
        nullsNotDistinct: index.nullsNotDistinct,
        primary: index.primary,
        deferrable: index.deferrable,
      }),
    ),
  );
}

function columnName(columns: readonly Column[], text: string): string {
  return columns.find((column) => column.member === text || column.property === text || column.name === text)?.name ?? text;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}
