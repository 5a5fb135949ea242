import type { WrittenMember } from '../../../archive/tree/tree.js';
import { copyFiles } from '../../../files/copy-files.js';
import type { FileSource } from '../../../files/file-source.js';
import type { CopiedFile, NamedFile } from '../../../files/named-file.js';
import type { JsonValue } from './json-text.js';
import { RecordsFile } from './records-file.js';
import type { ZulipFiles } from './zulip-files.js';

/** A file of Zulip's: where it is, and what its record says. */
export interface ZulipFile {
  readonly file: NamedFile;
  record(copied: CopiedFile): JsonValue;
}

/** Copies the files of one folder of the export, and writes its `records.json`. Without a source it has no files. */
export async function copyFolder(
  files: ZulipFiles,
  folder: string,
  source: FileSource | undefined,
  named: () => AsyncIterable<ZulipFile>,
): Promise<void> {
  const records = await RecordsFile.open(files, folder);
  if (source !== undefined) {
    const { findings, signal } = files.context;
    /** Of the files that are under way. */
    const underWay = new Map<string, ZulipFile>();
    const written: WrittenMember[] = [];
    const sink = {
      create: async (name: string) => {
        const member = await files.create(name);
        return {
          write: (bytes: Buffer) => member.write(bytes),
          end: () => Promise.resolve(),
          finish: async () => {
            written.push(await member.finish());
          },
          discard: () => member.discard(),
        };
      },
    };
    for await (const copied of copyFiles(noted(named(), underWay), { source, sink, findings, signal })) {
      for (const one of written.splice(0)) await files.note(one);
      const one = underWay.get(copied.name);
      for (const { name } of [one?.file ?? copied, one?.file.otherwise ?? copied]) underWay.delete(name);
      if (one !== undefined) await records.add(one.record(copied));
    }
  }
  await records.finish();
}

async function* noted(named: AsyncIterable<ZulipFile>, underWay: Map<string, ZulipFile>): AsyncGenerator<NamedFile> {
  for await (const one of named) {
    for (const { name } of [one.file, one.file.otherwise ?? one.file]) underWay.set(name, one);
    yield one.file;
  }
}
