import { UsageError } from '../../../errors/portolan-error.js';
import type { Layout } from '../../../export/layout.js';
import { writeMessageFiles } from './message-files.js';
import { writeFolders } from './folders.js';
import { writeManifest } from './manifest.js';
import { writeRealmFile } from './realm-file.js';
import { writeStats } from './stats-file.js';
import { analyticsTables, attachmentTables } from './tables.js';
import { writeTable } from './write-table.js';
import type { LayoutValues } from './zulip-files.js';
import { ZulipFiles } from './zulip-files.js';

/** The files that Zulip's own importer reads. */
export function zulipLayout(values: LayoutValues): Layout {
  return {
    write: async (context) => {
      const files = new ZulipFiles(context, values);
      refuseOthers(files);
      await writeMessageFiles(files);
      await writeRealmFile(files);
      await writeTables(files, 'attachment.json', attachmentTables);
      await writeTables(files, 'analytics.json', analyticsTables);
      await writeFolders(files, values.files);
      await writeStats(files);
      await writeManifest(files);
    },
  };
}

/** @throws UsageError OPTION_VALUE: the format has a form for whole realms */
function refuseOthers(files: ZulipFiles): void {
  const realm = files.entity('zerver_realm')?.model ?? '';
  const other = [...files.context.seeds.keys()].find((model) => model !== realm);
  if (other === undefined) return;
  throw new UsageError('OPTION_VALUE', `--format zulip takes realms, not ${other}`, {
    hint: 'Name a realm (zerver.Realm.2), or export to our own format.',
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
