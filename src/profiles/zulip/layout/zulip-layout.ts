import { UsageError } from '../../../errors/portolan-error.js';
import type { Layout } from '../../../export/layout.js';
import { writeMessageFiles } from './message-files.js';
import { writeFolders } from './folders.js';
import { writeManifest } from './manifest.js';
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
    name: 'zulip',
    write: async (context) => {
      const files = new ZulipFiles(context, values);
      if (isSingleUser(files)) await writeSingleUser(files);
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
  await writeFolders(files, files.values.files);
  await writeStats(files);
}

/** @throws UsageError OPTION_VALUE: the format has a form for realms, and one for a single user */
function isSingleUser(files: ZulipFiles): boolean {
  const { seeds } = files.context;
  const [realm, user] = ['zerver_realm', 'zerver_userprofile'].map((table) => files.entity(table)?.model ?? '');
  const models = [...seeds.keys()];
  if (models.every((model) => model === realm)) return false;
  if (models.length === 1 && seeds.get(user ?? '')?.size === 1) return true;
  throw new UsageError('OPTION_VALUE', '--format zulip takes realms, or a single user', {
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
