import type { Key } from '../../../closure/key.js';
import type { Entity } from '../../../schema/schema.js';
import { writeCrossRealmBots } from './cross-realm-bots.js';
import { idsField } from './fields.js';
import { groupMembers } from './group-members.js';
import { realmTables } from './tables.js';
import { analyticsTables, attachmentTables, messageTables } from './tables.js';
import type { TablesFile } from './tables-file.js';
import { writeTable } from './write-table.js';
import type { ZulipFiles } from './zulip-files.js';

const elsewhere: ReadonlySet<string> = new Set([
  ...Object.keys(analyticsTables),
  ...Object.keys(attachmentTables),
  ...Object.keys(messageTables),
]);

/** `realm.json`: every table that has no file of its own. */
export async function writeRealmFile(files: ZulipFiles): Promise<void> {
  const file = await files.tables('realm.json');
  for (const [table, known] of Object.entries(realmTables)) {
    const entity = files.entity(table);
    if (entity === undefined) continue;
    if (table === 'zerver_userprofile') await writeUsers(files, file, entity, known);
    else if (table === 'zerver_usergroup') await writeGroups(files, file, entity, known);
    else await writeTable(files, file, { entity, table, known });
  }
  // What Zulip's importer of that time does not read is not lost.
  for (const { model } of furtherEntities(files)) {
    const entity = files.context.schema.entities.get(model);
    if (entity !== undefined) await writeTable(files, file, { entity, table: entity.table.name, known: 'id' });
  }
  await files.finish('realm.json', file);
}

function furtherEntities(files: ZulipFiles): readonly Entity[] {
  const { rows, schema } = files.context;
  return [...schema.entities.values()]
    .filter(({ model, role }) => role === 'object' && rows.count(model) > 0)
    .filter(({ table }) => !Object.hasOwn(realmTables, table.name) && !elsewhere.has(table.name))
    .sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** People and bots, then those who only stand for somebody, then Zulip's own bots. */
async function writeUsers(files: ZulipFiles, file: TablesFile, entity: Entity, known: string): Promise<void> {
  const cutsDates = files.values.parity;
  for (const isDummy of [false, true]) {
    await writeTable(files, file, {
      entity,
      known,
      cutsDates,
      table: isDummy ? 'zerver_userprofile_mirrordummy' : 'zerver_userprofile',
      belongs: (cursor, place) => (cursor.text(place('is_mirror_dummy')) === 't') === isDummy,
    });
  }
  await writeCrossRealmBots(files, file, entity);
}

async function writeGroups(files: ZulipFiles, file: TablesFile, entity: Entity, known: string): Promise<void> {
  const members: ReadonlyMap<Key, readonly Key[]> = await groupMembers(files);
  await writeTable(files, file, {
    entity,
    known,
    table: entity.table.name,
    further: [idsField('members', ({ key }) => members.get(key()) ?? [])],
  });
}
