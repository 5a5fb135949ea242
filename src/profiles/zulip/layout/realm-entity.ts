import { UsageError } from '../../../errors/portolan-error.js';
import type { Entity, Schema } from '../../../schema/schema.js';

/** The model of realms. @throws UsageError PROFILE_TABLES */
export function realmEntity({ entities }: Pick<Schema, 'entities'>): Entity {
  const realm = [...entities.values()].find(({ table, app }) => app === 'zerver' && table.name === 'zerver_realm');
  if (realm !== undefined) return realm;
  throw new UsageError('PROFILE_TABLES', 'the format zulip needs the table zerver_realm', { hint: 'Is this a Zulip database?' });
}
