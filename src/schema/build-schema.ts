import type { DataSource } from 'typeorm';
import type { ArchiveEntity } from '../archive/archive.js';
import type { Catalog } from '../dialect/postgres/catalog.js';
import { readCatalog } from '../dialect/postgres/read-catalog.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { archivedReferences } from './archived-references.js';
import { declaredReferences } from './declared-references.js';
import { describeMetadata } from './describe-metadata.js';
import { draftLinks } from './draft-links.js';
import { draftReferences } from './draft-references.js';
import { draftTables } from './draft-tables.js';
import type { DraftTable } from './draft.js';
import { finishSchema } from './finish-schema.js';
import type { MetadataTable } from './metadata.js';
import { policyTable } from './policy-tables.js';
import { Problems } from './problems.js';
import { reportTables } from './report-tables.js';
import type { Schema, TableName } from './schema.js';

/** The schema as far as the policy can be understood, and what in it cannot. */
export interface DraftSchema {
  readonly schema: Schema;
  readonly problems: Problems;
  /** The database's tables of a name, in whatever schema, whether or not they take part. */
  readonly tablesNamed: (name: string) => readonly TableName[];
}

/**
 * Builds the schema from the catalog, TypeORM metadata and the policy, in this order of trust. The number of queries does not
 * depend on the number of tables. The data source must be initialized; no entity of it is read.
 *
 * @throws UsageError UNKNOWN_MODEL, MODEL_AMBIGUOUS, UNKNOWN_COLUMN, UNKNOWN_REFERENCE, EXCLUDED_KEY for one name of the policy or the
 *   options that is not there; POLICY_INVALID with all of them where there are several
 */
export async function buildSchema(
  session: Session,
  dataSource: DataSource,
  policy: ParsedPolicy,
  findings: Findings,
): Promise<Schema> {
  const { schema, problems } = await draftSchema(session, dataSource, policy, findings);
  problems.throwAny();
  return schema;
}

/** The same for who can say more of a name that is not there, and who has an archive that tells of references. */
export async function draftSchema(
  session: Session,
  dataSource: DataSource,
  policy: ParsedPolicy,
  findings: Findings,
  archived: Readonly<Record<string, ArchiveEntity>> = {},
): Promise<DraftSchema> {
  const catalog = await readCatalog(session);
  const problems = new Problems();
  const schema = assembleSchema({
    catalog,
    metadata: describeMetadata(dataSource, catalog),
    policy,
    findings,
    problems,
    archived,
  });
  return {
    schema,
    problems,
    tablesNamed: (name) => catalog.tables.filter((table) => table.name === name),
  };
}

interface Sources {
  readonly catalog: Catalog;
  readonly metadata: readonly MetadataTable[];
  readonly policy: ParsedPolicy;
  readonly archived: Readonly<Record<string, ArchiveEntity>>;
  readonly findings: Findings;
  readonly problems: Problems;
}

function assembleSchema({ catalog, metadata, policy, archived, findings, problems }: Sources): Schema {
  const byKey = draftTables(catalog, metadata, policy, findings, problems);
  const tables = [...byKey.values()];
  reportTables(catalog, metadata, tables, findings);
  const shown = draftReferences(catalog, byKey, findings);
  const said = [...shown, ...declaredReferences(byKey, policy, shown, problems)];
  const all = [...said, ...archivedReferences(tables, archived, said)];
  const references = all.filter(({ inside, mention }) => inside === undefined && mention === undefined);
  const inner = all.filter(({ inside, mention }) => inside !== undefined && mention === undefined);
  const mentions = all.filter(({ mention }) => mention !== undefined);
  const named = new Set<DraftTable>();
  for (const text of policy.joinTables ?? []) {
    const table = policyTable(tables, 'joinTables', text, problems);
    if (table !== undefined) named.add(table);
  }
  const links = draftLinks(byKey, references, named, findings);
  return finishSchema({ tables, references, inner, mentions, links, policy, findings, problems });
}
