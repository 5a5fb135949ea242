import type { RowPolicy } from '../../../policy/policy.js';
import type { SeedPolicy } from '../../../policy/row-policy-hook.js';
import type { Schema } from '../../../schema/schema.js';
import { followOf } from './follow.js';
import { messageRules } from './messages.js';
import { personRows } from './person-rows.js';
import { realmRows } from './realm-rows.js';
import type { Selection } from './selection.js';

/** What a selection says of each table that the database has. */
export function seedPolicy(selection: Selection, { entities, references }: Pick<Schema, 'entities' | 'references'>): SeedPolicy {
  const models: Record<string, RowPolicy> = {
    ...personRows(selection),
    ...realmRows(selection),
    'zerver.Message': { rows: messageRules(selection, 'zerver_message') },
    ...Object.fromEntries(
      selection.off.map((model): [string, RowPolicy] => [
        model,
        { rows: [{ name: 'switched off', keep: 'false', otherwise: 'drop' }] },
      ]),
    ),
  };
  const isThere = ([model]: readonly [string, unknown]): boolean => entities.get(model.toLowerCase())?.role === 'object';
  const names = new Set(references.map(({ name }) => name));
  return {
    models: Object.fromEntries(Object.entries(models).filter(isThere)),
    follow: Object.fromEntries(Object.entries(followOf(selection)).filter(([name]) => names.has(name))),
  };
}
