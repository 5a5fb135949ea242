import type { Catalog, CatalogTable } from '../../dialect/postgres/catalog.js';
import { RefusedError } from '../../errors/portolan-error.js';
import type { Policy } from '../../policy/policy.js';
import { zulipLinks } from './links.js';
import { columnsOf, tablesIn, zulipSchema, zulipTables } from './tables.js';

/** The prefixes of the seven applications. */
const applications = /^(?:analytics|confirmation|otp_static|otp_totp|social_auth|two_factor|zerver)_/u;

/** The columns of every join table: a key that nothing refers to, and the two ends. */
const keyOfLink = 'id';

/** More of them are counted, not named. */
const named = 20;

/**
 * Stops an export where Zulip has a table or a column that is not classified: what is new might be private.
 *
 * @throws RefusedError NOT_CLASSIFIED
 */
export function refuseUnknown(catalog: Catalog, policy: Policy | undefined): void {
  const schema = zulipSchema(catalog);
  const unknown = [...unknownTables(catalog, schema), ...unknownColumns(catalog, schema)].filter(
    (name) => !isClassified(name, schema, policy),
  );
  if (unknown.length === 0) return;
  const some = unknown.slice(0, named).join(', ');
  const more = unknown.length > named ? ` and ${String(unknown.length - named)} more` : '';
  const [first = ''] = unknown;
  const isColumn = first.includes('.');
  throw new RefusedError('NOT_CLASSIFIED', `not classified: ${some}${more}`, {
    hint: isColumn
      ? `Say in the policy what it is: secrets: { '${first}': 'public' } lets it leave, 'secret' withholds it; exclude: { '${first}': 'error' } leaves it out.`
      : `Say in the policy what it is: models: { '${first}': {} } lets it leave, exclude: { '${first}': 'drop' } leaves it out.`,
  });
}

/** Those of the applications, and those that foreign keys tie to them: they would come along. */
function unknownTables(catalog: Catalog, schema: string): readonly string[] {
  const known = new Set([...zulipTables.map(({ table }) => table), ...zulipLinks.map(({ table }) => table)]);
  const isKnown = (table: CatalogTable | undefined): boolean => table?.schema === schema && known.has(table.name);
  const byOid = new Map(catalog.tables.map((table) => [table.oid, table]));
  const tied = new Set(
    catalog.constraints.flatMap(({ table, parent }) =>
      isKnown(byOid.get(table)) === isKnown(byOid.get(parent)) ? [] : [table, parent],
    ),
  );
  return catalog.tables
    .filter(({ kind, root }) => root === undefined && (kind === 'r' || kind === 'p'))
    .filter((table) => !isKnown(table) && ((table.schema === schema && applications.test(table.name)) || tied.has(table.oid)))
    .map((table) => (table.schema === schema ? table.name : `${table.schema}.${table.name}`));
}

function unknownColumns(catalog: Catalog, schema: string): readonly string[] {
  const present = tablesIn(catalog, schema);
  const known = [
    ...zulipTables.map((table) => ({ table: table.table, columns: columnsOf(table).map(({ name }) => name) })),
    ...zulipLinks.map(({ table, ownerColumn, otherColumn }) => ({ table, columns: [keyOfLink, ownerColumn, otherColumn] })),
  ];
  return known.flatMap(({ table, columns }) => {
    const found = present.get(table)?.columns ?? [];
    return found.filter(({ name }) => !columns.includes(name)).map(({ name }) => `${table}.${name}`);
  });
}

/** Whether the user's policy says of it, by whatever name: `zerver_realm.color`, `Realm.color`, `zerver.Realm.color`. */
function isClassified(name: string, schema: string, policy: Policy | undefined): boolean {
  const said = [
    ...Object.keys(policy?.models ?? {}),
    ...Object.keys(policy?.exclude ?? {}),
    ...Object.keys(policy?.secrets ?? {}),
    ...(policy?.joinTables ?? []),
  ].map((text) => text.toLowerCase());
  return namesOf(name, schema).some((one) => said.includes(one.toLowerCase()));
}

function namesOf(name: string, schema: string): readonly string[] {
  const { table, model } = zulipTables.find((one) => name.startsWith(`${one.table}.`)) ?? {};
  if (table === undefined || model === undefined) return [name, `${schema}.${name}`];
  const column = name.slice(table.length);
  const short = model.slice(model.indexOf('.') + 1);
  return [name, `${schema}.${name}`, `${model}${column}`, `${short}${column}`];
}
