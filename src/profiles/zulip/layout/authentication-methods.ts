import { quoteTable } from '../../../dialect/postgres/sql.js';
import type { Session } from '../../../dialect/session.js';
import type { TableName } from '../../../schema/schema.js';

/** The bits of `zerver_realm.authentication_methods`, from the lowest. */
const methods = ['Google', 'Email', 'GitHub', 'LDAP', 'Dev', 'RemoteUser', 'AzureAD', 'SAML'] as const;

/** Bits that came later, by the migration that they came with: a realm has bits set that no version knows yet. */
const laterMethods = [{ migration: '0269_gitlab_auth', name: 'GitLab' }] as const;

/**
 * The methods that the version of Zulip knows which made the tables.
 *
 * @param realm the table of realms: that of migrations stands beside it
 */
export async function knownMethods(session: Pick<Session, 'query'>, realm: TableName): Promise<readonly string[]> {
  const migrations = quoteTable({ schema: realm.schema, name: 'django_migrations' });
  const [[canBeRead] = []] = await session.query(`SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false)`, [
    migrations,
  ]);
  if (canBeRead !== 't') return methods;
  const applied = await session.query(`SELECT name FROM ${migrations} WHERE app = 'zerver'`);
  const names = new Set(applied.map(([name]) => name));
  return [...methods, ...laterMethods.filter(({ migration }) => names.has(migration)).map(({ name }) => name)];
}

/** The bit field as Zulip writes it: each method's name, and whether it is allowed. */
export function authenticationMethods(
  bits: string,
  known: readonly string[],
): readonly (readonly [name: string, allowed: boolean])[] {
  const value = BigInt(bits);
  return known.map((name, bit) => [name, ((value >> BigInt(bit)) & 1n) === 1n]);
}
