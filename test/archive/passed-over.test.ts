import { mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ArchiveObject } from '../../src/archive/archive.js';
import type { ArchiveReader } from '../../src/archive/open-archive.js';
import { openArchive } from '../../src/archive/open-archive.js';
import { isStorableText } from '../../src/values/storable-text.js';
import { codeOf, sampleLines, write } from './sample-archive.js';

async function all(archive: ArchiveReader, only?: readonly string[]): Promise<readonly ArchiveObject[]> {
  const objects: ArchiveObject[] = [];
  for await (const batch of archive.objects(only && new Set(only))) objects.push(...batch);
  return objects;
}

describe('later passes over an archive', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-passes-'));
    file = join(folder, 'archive.json');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Values that look like what follows them. */
  const texts = fc.oneof(
    fc.constantFrom('},"model":"a.parent","pk":1', '"},"model":"a.child","pk":', '\\"},\\"model\\":', '}', '"pk":', '\\'),
    fc.string({ unit: 'binary' }).filter(isStorableText),
  );

  it('give the objects of the models that are asked for, whatever their values look like', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 8 }), fc.array(fc.nat(9), { maxLength: 4 }), async (names, parents) => {
        const lines = [
          ...names.map((name, pk) => JSON.stringify({ fields: { name }, model: 'a.parent', pk })),
          ...parents.map((parent, at) =>
            JSON.stringify({
              fields: { parent },
              model: 'a.child',
              pk: `00000000-0000-0000-0000-00000000000${String(at)}`,
              shared: true,
            }),
          ),
        ];
        await write(file, lines);
        const archive = await openArchive(file);
        const whole = await all(archive);
        expect(whole).to.have.length(lines.length);
        for (const model of ['a.parent', 'a.child', 'a.stranger'])
          expect(await all(archive, [model])).to.deep.equal(whole.filter((object) => object.model === model));
        expect(await all(archive, ['a.child', 'a.parent'])).to.deep.equal(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('parse what an editor has written in another way', async () => {
    const [first = '', second = '', third = ''] = sampleLines;
    await write(file, [first, second.replace('},"model"', '}, "model"'), third]);
    const archive = await openArchive(file);
    await all(archive);
    expect(await all(archive, ['a.child'])).to.have.length(1);
    expect(await all(archive, ['a.parent'])).to.have.length(2);
  });

  it('are the first to read everything, whatever they are asked for', async () => {
    await write(file, sampleLines);
    expect(await all(await openArchive(file), ['a.child'])).to.have.length(3);
  });

  it('refuse an archive that another took the place of, even one of the same size and time', async () => {
    await write(file, sampleLines);
    const archive = await openArchive(file);
    await all(archive);
    const other = join(folder, 'other.json');
    writeFileSync(other, readFileSync(file));
    utimesSync(other, 1, 1);
    utimesSync(file, 1, 1);
    renameSync(other, file);
    expect(await codeOf(all(archive))).to.equal('ARCHIVE_CHANGED');
  });

  it('refuse an archive that is written over while it is read', async () => {
    const many = Array.from({ length: 100_000 }, (_, pk) => `{"fields":{"name":"n"},"model":"a.parent","pk":${String(pk)}}`);
    await write(file, many);
    const archive = await openArchive(file);
    await all(archive);
    const objects = archive.objects();
    await objects.next();
    const rest = readFileSync(file, 'utf8').replaceAll('"name":"n"', '"name":"m"');
    writeFileSync(file, rest);
    const drain = async (): Promise<void> => {
      while ((await objects.next()).done !== true);
    };
    expect(await codeOf(drain())).to.equal('ARCHIVE_CHANGED');
  });
});
