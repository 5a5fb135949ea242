import { DataSource } from 'typeorm';
import type { TestDatabase } from '../support/database.js';

/** Works as a role of the database that has these rights and no others; `grants` names it `$role`. The role is gone afterwards. */
export async function asRole<T>(database: TestDatabase, grants: string, work: (as: DataSource) => Promise<T>): Promise<T> {
  const role = `portolan_role_${database.name.slice(-12)}`;
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; ${grants.replaceAll('$role', role)}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'x';
  const as = await new DataSource({ type: 'postgres', url: url.href, entities: [] }).initialize();
  try {
    return await work(as);
  } finally {
    await as.destroy();
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
}
