import { UsageError } from '../../../errors/portolan-error.js';
import type { AskedFor, Layout } from '../../../export/layout.js';
import { writeMessageFiles } from './message-files.js';
import { writeFolders } from './folders.js';
import { writeManifest } from './manifest.js';
import { realmEntity } from './realm-entity.js';
import { writeRealmFile } from './realm-file.js';
import { writeSingleUser } from './single-user.js';
import { writeStats } from './stats-file.js';
import { analyticsTables, attachmentTables } from './tables.js';
import { writeTable } from './write-table.js';
import type { LayoutValues } from './zulip-files.js';
import { ZulipFiles } from './zulip-files.js';

/** The files that Zulip's own importer reads. */
export function zulipLayout(values: LayoutValues): Layout {
  return {
    check: checkSeeds,
    write: async (context) => {
      const files = await ZulipFiles.open(context, values);
      if (isSingleUser(context)) await writeSingleUser(files);
      else await writeRealm(files);
      await writeManifest(files);
    },
  };
}

async function writeRealm(files: ZulipFiles): Promise<void> {
  await writeMessageFiles(files);
  await writeRealmFile(files);
  await writeTables(files, 'attachment.json', attachmentTables);
  await writeTables(files, 'analytics.json', analyticsTables);
  await writeFolders(files);
  await writeStats(files);
}

function isSingleUser({ schema, seeds }: AskedFor): boolean {
  return !seeds.has(realmEntity(schema).model);
}

/** @throws UsageError OPTION_VALUE: the format has a form for a realm, and one for a single user */
function checkSeeds({ schema, seeds }: AskedFor): void {
  const realm = realmEntity(schema);
  const user = [...schema.entities.values()].find(
    ({ table }) => table.name === 'zerver_userprofile' && table.schema === realm.table.schema,
  );
  const [realms, users] = [realm.model, user?.model ?? ''].map((model) => seeds.get(model)?.size ?? 0);
  if (seeds.size === 1 && (realms === 1 || users === 1)) return;
  if (seeds.size === 1 && (realms ?? 0) > 1) {
    throw new UsageError('OPTION_VALUE', `--format zulip holds one realm, not ${String(realms)}: Zulip imports them one by one`, {
      hint: 'Export each by itself, or all of them to our own format.',
    });
  }
  throw new UsageError('OPTION_VALUE', '--format zulip takes a realm, or a single user', {
    hint: 'Name a realm (zerver.Realm.2) or one user (zerver.UserProfile.10), or export to our own format.',
  });
}

/** A file that has a few tables, whole. */
async function writeTables(files: ZulipFiles, path: string, tables: Readonly<Record<string, string>>): Promise<void> {
  const file = await files.tables(path);
  for (const [table, known] of Object.entries(tables)) {
    const entity = files.entity(table);
    if (entity !== undefined) await writeTable(files, file, { entity, table, known });
  }
  await files.finish(path, file);
}
