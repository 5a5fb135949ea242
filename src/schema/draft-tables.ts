import type { Catalog, CatalogTable } from '../dialect/postgres/catalog.js';
import { didYouMean } from '../errors/nearest-names.js';
import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { ModelPolicy } from '../policy/policy.js';
import type { DraftTable } from './draft.js';
import type { Nameable } from './find-by-name.js';
import { allNames, findByName } from './find-by-name.js';
import { groupBy } from './group-by.js';
import type { MetadataTable, TableKey } from './metadata.js';
import { tableKey } from './metadata.js';
import { participatingTables } from './participating-tables.js';
import { policyColumn } from './policy-tables.js';
import type { Problems } from './problems.js';
import { rowIdentity } from './row-identity.js';
import type { ModelName, NamedTable } from './table-names.js';
import { nameTables } from './table-names.js';

/** The tables that take part, with their names and keys, by schema and table. */
export function draftTables(
  catalog: Catalog,
  metadata: readonly MetadataTable[],
  policy: ParsedPolicy,
  findings: Findings,
  problems: Problems,
): ReadonlyMap<TableKey, DraftTable> {
  const described = new Map(metadata.map((table) => [tableKey(table.schema, table.name), table]));
  const catalogTables = participatingTables(catalog, metadata, namedByPolicy(policy, catalog.searchPath, metadata));
  const namable = catalogTables.map((table): NamedTable => {
    const own = described.get(tableKey(table.schema, table.name));
    const model = own?.kind === 'regular' ? own.model : undefined;
    return { schema: table.schema, table: table.name, model, aliases: own?.aliases ?? [] };
  });
  const defaults = nameTables(namable, () => undefined);
  const policies = modelPolicies(namable, defaults, policy, problems);
  const names = nameTables(namable, (at) => policies.get(at));
  const columns = groupBy(catalog.columns, (column) => column.table);
  const indexes = groupBy(catalog.indexes, (index) => index.table);
  const exclusions = groupBy(catalog.exclusions, (index) => index.table);
  const triggers = groupBy(catalog.triggers, (trigger) => trigger.table);
  const tables = new Map<TableKey, DraftTable>();
  catalogTables.forEach((table, at) => {
    const name = names[at];
    if (name === undefined) return;
    const key = tableKey(table.schema, table.name);
    const draft: DraftTable = {
      oid: table.oid,
      key,
      table,
      metadata: described.get(key),
      policy: policies.get(at),
      columns: columns.get(table.oid) ?? [],
      indexes: indexes.get(table.oid) ?? [],
      exclusions: exclusions.get(table.oid) ?? [],
      triggers: (triggers.get(table.oid) ?? []).map((trigger) => trigger.name),
      name,
      aliases: [...(described.get(key)?.aliases ?? []), ...formerNames(defaults[at], name)],
      identity: [],
    };
    tables.set(key, { ...draft, identity: identityOf(draft, findings, problems) });
  });
  return tables;
}

function formerNames(former: ModelName | undefined, name: ModelName): readonly string[] {
  if (former === undefined || former.model === name.model) return [];
  return [`${former.app}.${former.name}`, ...(former.name === name.name ? [] : [former.name])];
}

function identityOf(draft: DraftTable, findings: Findings, problems: Problems): readonly string[] {
  const { model } = draft.name;
  const key = draft.policy?.key?.map((text) => policyColumn(draft, `models.${model}.key`, text, problems));
  const known = key?.flatMap((name) => name ?? []);
  const identity = rowIdentity(draft.columns, draft.indexes, draft.metadata, known);
  if (identity.columns.length === 0)
    findings.note('no-key', model, 'no unique columns identify its rows: say in the policy which do (key)');
  else if (!identity.enforced)
    findings.note('key-not-enforced', model, `nothing in the database keeps ${identity.columns.join(', ')} unique`);
  else if (known !== undefined && !known.every((name, at) => identity.columns[at] === name)) {
    findings.note('policy-key-unused', model, 'the table has a primary key: the key in the policy is not used');
  }
  return identity.columns;
}

/** Policies of models by the position of their tables. */
function modelPolicies(
  tables: readonly NamedTable[],
  defaults: readonly ModelName[],
  policy: ParsedPolicy,
  problems: Problems,
): ReadonlyMap<number, ModelPolicy> {
  const policies = new Map<number, ModelPolicy>();
  const places = [...tables.keys()];
  const nameable =
    (own: ModelPolicy = {}) =>
    (at: number): Nameable => {
      const { schema = '', table = '', aliases = [] } = tables[at] ?? {};
      const { app = '', name = '' } = defaults[at] ?? {};
      return { app: own.app ?? app, name: own.name ?? name, schema, table, aliases };
    };
  for (const [text, own] of Object.entries(policy.models ?? {})) {
    const known = findByName(places, nameable(), text);
    // Or by the name that it is given here.
    const found = known.length > 0 ? known : findByName(places, nameable(own), text);
    const [at] = found;
    if (found.length > 1) {
      const names = found.map((one) => `${tables[one]?.schema ?? ''}.${tables[one]?.table ?? ''}`);
      problems.add('MODEL_AMBIGUOUS', `models: "${text}" can mean the tables ${names.join(' or ')}`, 'Write schema.table.');
    } else if (at === undefined) {
      const all = places.flatMap((one) => allNames(nameable()(one)));
      problems.add('UNKNOWN_MODEL', `models: there is no model "${text}"`, didYouMean(text, all));
    } else policies.set(at, { ...policies.get(at), ...own });
  }
  return policies;
}

/** Whether the policy names the table itself, so that it takes part although nothing connects it. */
function namedByPolicy(
  policy: ParsedPolicy,
  searchPath: readonly string[],
  metadata: readonly MetadataTable[],
): (table: CatalogTable) => boolean {
  const references = (policy.references ?? []).flatMap(({ from, to }) =>
    [from, to].flatMap((end) => [end, end.slice(0, end.lastIndexOf('.'))]),
  );
  const names = new Set(
    [...Object.keys(policy.models ?? {}), ...(policy.joinTables ?? []), ...references].map((name) => name.toLowerCase()),
  );
  for (const { model } of metadata) names.delete(model.toLowerCase());
  return ({ schema, name }) =>
    names.has(`${schema}.${name}`.toLowerCase()) || (searchPath.includes(schema) && names.has(name.toLowerCase()));
}
