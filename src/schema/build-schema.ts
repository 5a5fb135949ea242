import type { DataSource } from 'typeorm';
import { readCatalog } from '../dialect/postgres/catalog.js';
import type { Catalog } from '../dialect/postgres/catalog.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { DraftTable } from './draft.js';
import { participatingTables, rowIdentity } from './draft.js';
import { draftLinks } from './draft-links.js';
import { draftReferences } from './draft-references.js';
import { declaredReferences } from './declared-references.js';
import { finishSchema } from './finish-schema.js';
import type { MetadataTable, TableKey } from './metadata.js';
import { describeMetadata, tableKey } from './metadata.js';
import { policyTables } from './policy-tables.js';
import type { Schema } from './schema.js';
import { nameTables } from './table-names.js';

/**
 * Builds the schema from the catalog, TypeORM metadata and the policy, in this order of trust. The number of queries does not
 * depend on the number of tables.
 *
 * @throws UsageError POLICY_INVALID where the policy names what is not there, with every such name
 */
export async function buildSchema(session: Session, dataSource: DataSource, policy: ParsedPolicy, findings: Findings): Promise<Schema> {
  const metadata = describeMetadata(dataSource);
  const catalog = await readCatalog(session);
  reportViewsAndGaps(catalog, metadata, findings);
  const tables = draftTables(catalog, metadata, policy, findings);
  const fromCatalog = draftReferences(catalog, tables);
  const references = [...fromCatalog, ...declaredReferences(tables, policy, fromCatalog)];
  const named = new Set((policy.joinTables ?? []).flatMap((text) => policyTables([...tables.values()], text).map((table) => table.key)));
  const links = draftLinks(tables, references, named, findings);
  return finishSchema({ tables: [...tables.values()], references, links, policy, findings });
}

function draftTables(
  catalog: Catalog,
  metadata: readonly MetadataTable[],
  policy: ParsedPolicy,
  findings: Findings,
): ReadonlyMap<TableKey, DraftTable> {
  const described = new Map(metadata.map((table) => [tableKey(table.schema, table.name), table]));
  const rows = participatingTables(catalog, metadata).map((table) => {
    const key = tableKey(table.schema, table.name);
    return { table, key, metadata: described.get(key) };
  });
  const namable = rows.map((row) => ({
    schema: row.table.schema,
    table: row.table.name,
    model: row.metadata?.kind === 'regular' ? row.metadata.model : undefined,
  }));
  const modelPolicies = Object.entries(policy.models ?? {});
  const names = nameTables(namable, (table) => modelPolicies.find(([text]) => knownNames(table).includes(text.toLowerCase()))?.[1]);
  const tables = new Map<TableKey, DraftTable>();
  rows.forEach(({ table, key, metadata: own }, at) => {
    const columns = catalog.columns.filter((column) => column.table === table.oid);
    const indexes = catalog.indexes.filter((index) => index.table === table.oid);
    const name = names[at];
    if (name === undefined) return;
    const policyKey = modelPolicies.find(([text]) => [name.model, ...knownNames({ schema: table.schema, table: table.name, model: own?.model })].includes(text.toLowerCase()))?.[1].key;
    tables.set(key, {
      oid: table.oid,
      key,
      table,
      metadata: own,
      columns,
      indexes,
      triggers: catalog.triggers.filter((trigger) => trigger.table === table.oid).map((trigger) => trigger.name),
      name,
      identity: policyKey ?? rowIdentity(columns, indexes, own),
    });
    if (own === undefined) findings.note('unknown-table', name.model, 'no entity maps this table: foreign keys connect it, and it is carried');
  });
  return tables;
}

function knownNames(table: { readonly schema: string; readonly table: string; readonly model: string | undefined }): readonly string[] {
  return [table.model, table.table, `${table.schema}.${table.table}`].flatMap((name) => name?.toLowerCase() ?? []);
}

function reportViewsAndGaps(catalog: Catalog, metadata: readonly MetadataTable[], findings: Findings): void {
  const kinds = new Map(catalog.tables.map((table) => [tableKey(table.schema, table.name), table.kind]));
  for (const table of metadata) {
    const kind = kinds.get(tableKey(table.schema, table.name));
    const name = `${table.schema}.${table.name}`;
    if (kind === undefined && table.kind !== 'view') findings.warn('missing-table', name, `${table.model} is mapped, but the database has no such table`);
    else if (kind === 'v' || kind === 'm' || table.kind === 'view') findings.note('view', name, 'a view is never exported');
    else if (kind === 'f') findings.warn('foreign-table', name, 'a foreign table is not exported');
  }
}
