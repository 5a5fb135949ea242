import type { ArchiveHeader, ArchiveObject, TrailerContent } from '../../src/archive/archive.js';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { openArchive } from '../../src/archive/open-archive.js';
import { PortolanError } from '../../src/errors/portolan-error.js';

export const sampleHeader: ArchiveHeader = {
  format: 'portolan',
  version: 1,
  entities: {
    'a.child': {
      schema: 'public',
      table: 'child',
      key: ['id'],
      columns: {
        id: { name: 'id', type: 'uuid', kind: 'text' },
        parent: { name: 'parent_id', type: 'integer', kind: 'integer' },
      },
      links: {},
      references: [{ name: 'a.child.parent', columns: ['parent_id'], parent: 'a.parent', parentColumns: ['id'] }],
    },
    'a.parent': {
      schema: 'public',
      table: 'parent',
      key: ['id'],
      columns: { id: { name: 'id', type: 'integer', kind: 'integer' }, name: { name: 'name', type: 'text', kind: 'text' } },
      links: {},
      references: [],
    },
  },
  order: ['a.parent', 'a.child'],
  seeds: ['a.parent.2'],
  roots: [],
  follow: 'owned',
  policy: null,
  withheld: {},
  includedSecrets: [],
};

export const sampleLines = [
  '{"fields":{"name":"é\\"\\n"},"model":"a.parent","pk":2}',
  '{"fields":{"name":null},"model":"a.parent","pk":10,"shared":true}',
  '{"fields":{"parent":2},"model":"a.child","pk":"00000000-0000-0000-0000-000000000001"}',
];

/** An archive as a writer would seal it, whatever its lines, its header and its trailer hold. */
export async function write(
  output: string,
  objects: readonly string[],
  { header, trailer }: { readonly header?: object; readonly trailer?: object } = {},
): Promise<void> {
  const writer = await createArchiveWriter({ output, header: { ...sampleHeader, ...header }, force: true });
  for (const line of objects) await writer.write(Buffer.from(writer.lineStart + line));
  const count = (model: string): number => objects.filter((line) => line.includes(`"model":"${model}"`)).length;
  const counts = { 'a.child': count('a.child'), 'a.parent': count('a.parent') };
  const content: TrailerContent = { objects: counts, links: {}, total: objects.length, external: [], dangling: [], leftOut: [] };
  await writer.finish({ ...content, ...trailer });
}

/** All objects of an archive. */
export async function read(file: string): Promise<readonly ArchiveObject[]> {
  const archive = await openArchive(file);
  const objects: ArchiveObject[] = [];
  for await (const batch of archive.objects()) objects.push(...batch);
  return objects;
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return error instanceof PortolanError ? error.code : `unforeseen: ${String(error)}`;
  }
}
