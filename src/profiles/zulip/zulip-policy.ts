import type { Catalog } from '../../dialect/postgres/catalog.js';
import type { DeclaredReference, EdgeOfWorld, ModelPolicy, Policy } from '../../policy/policy.js';
import { zulipMentions } from './mentions.js';
import { columnsOf, tablesIn, zulipSchema, zulipTables } from './tables.js';

/** What no constraint shows: whose a recipient is. */
const references: readonly DeclaredReference[] = Object.freeze([
  { from: 'zerver.Recipient.type_id', to: 'zerver.UserProfile', when: { column: 'type', value: '1' } },
  { from: 'zerver.Recipient.type_id', to: 'zerver.Stream', when: { column: 'type', value: '2' } },
  { from: 'zerver.Recipient.type_id', to: 'zerver.Huddle', when: { column: 'type', value: '3' } },
]);

/** By what people know a row of a table whose constraints do not say so. */
const naturalKeys: Readonly<Record<string, readonly string[]>> = Object.freeze({
  'zerver.Realm': ['string_id'],
  'zerver.UserProfile': ['realm_id', 'email'],
  'zerver.Recipient': ['type', 'type_id'],
  'zerver.Client': ['name'],
});

/** What is counted for people who read what left. */
const highlight: Readonly<Record<string, readonly [string]>> = Object.freeze({
  people: ['zerver.UserProfile'],
  messages: ['zerver.Message'],
});

/** `zerver.Message` of `zerver.Message.content`, and of itself. */
function ownerOf(end: string): string {
  return end.split('.').slice(0, 2).join('.');
}

/**
 * What Zulip's tables and columns are, for those that the database has: which stay at home, which are secrets, and which are public
 * whatever their names sound like.
 */
export function zulipPolicy(catalog: Catalog): Policy {
  const schema = zulipSchema(catalog);
  const present = tablesIn(catalog, schema);
  const mapped = zulipTables.filter(({ table }) => present.has(table));
  const exclude: Record<string, EdgeOfWorld> = {};
  const secrets: Record<string, 'secret' | 'public'> = {};
  const models: Record<string, ModelPolicy> = {};
  for (const zulip of mapped) {
    const { model, table, stays } = zulip;
    const [app = ''] = model.split('.');
    const naturalKey = naturalKeys[model];
    models[`${schema}.${table}`] = { app, ...(naturalKey === undefined ? {} : { naturalKey }) };
    if (stays !== undefined) exclude[model] = 'drop';
    const columns = present.get(table)?.columns ?? [];
    for (const { name, use } of columnsOf(zulip)) {
      if (!columns.some((column) => column.name === name)) continue;
      if (use === 'never' || use === 'derived') exclude[`${model}.${name}`] = 'error';
      else secrets[`${model}.${name}`] = use;
    }
  }
  const isThere = (end: string): boolean => {
    const owner = ownerOf(end);
    const table = mapped.find(({ model }) => model === owner)?.table;
    const columns = table === undefined ? undefined : present.get(table)?.columns;
    return columns !== undefined && (owner === end || columns.some(({ name }) => `${owner}.${name}` === end));
  };
  return {
    models,
    references: [...references, ...zulipMentions].filter(({ from, to, when }) =>
      [from, to, ...(when === undefined ? [] : [`${ownerOf(from)}.${when.column}`])].every((end) => isThere(end)),
    ),
    boundary: { 'zerver.Realm': 'drop' },
    exclude,
    secrets,
    highlight: Object.fromEntries(Object.entries(highlight).filter(([, [model]]) => mapped.some((one) => one.model === model))),
  };
}
