import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { ArchiveHeader, ArchiveObject } from '../../src/archive/archive.js';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { openArchive } from '../../src/archive/open-archive.js';
import { resealArchive } from '../../src/archive/reseal-archive.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { PortolanError } from '../../src/errors/portolan-error.js';

const header: ArchiveHeader = {
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

const lines = [
  '{"fields":{"name":"é\\"\\n"},"model":"a.parent","pk":2}',
  '{"fields":{"name":null},"model":"a.parent","pk":10,"shared":true}',
  '{"fields":{"parent":2},"model":"a.child","pk":"00000000-0000-0000-0000-000000000001"}',
];

describe('archives that somebody damaged', () => {
  let folder: string;
  let path: string;
  let whole: Buffer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-archive-'));
    path = join(folder, 'archive.json');
    await write(path, lines);
    whole = readFileSync(path);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function write(output: string, objects: readonly string[], changes: Partial<ArchiveHeader> = {}): Promise<void> {
    const writer = await createArchiveWriter({ output, header: { ...header, ...changes }, force: true });
    for (const line of objects) await writer.write(Buffer.from(line + writer.lineEnd));
    const count = (model: string): number => objects.filter((line) => line.includes(`"model":"${model}"`)).length;
    const counts = { 'a.child': count('a.child'), 'a.parent': count('a.parent') };
    await writer.finish({ objects: counts, links: {}, total: objects.length, external: [], dangling: [], leftOut: [] });
  }

  async function read(file: string): Promise<readonly ArchiveObject[]> {
    const archive = await openArchive(file);
    const objects: ArchiveObject[] = [];
    for await (const batch of archive.objects()) objects.push(...batch);
    return objects;
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    try {
      await work;
      return 'accepted';
    } catch (error) {
      return error instanceof PortolanError ? error.code : `unforeseen: ${String(error)}`;
    }
  }

  async function codeOfText(text: string | Buffer, name = 'damaged.json'): Promise<string> {
    const file = join(folder, name);
    writeFileSync(file, text);
    return codeOf(read(file));
  }

  for (const name of ['a.json', 'a.jsonl', 'a.json.gz', 'a.jsonl.br']) {
    it(`are not these: ${name} is read as it was written`, async () => {
      const file = join(folder, name);
      await write(file, lines);
      expect((await read(file)).map((object) => JSON.stringify(object))).to.deep.equal(lines);
      expect((await verifyArchive(file)).trailer.total).to.equal(3);
    });
  }

  it('are refused when they are cut at any byte', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(await codeOfText(whole.subarray(0, length)), `cut at ${length}`).to.match(/^ARCHIVE_/u);
    }
  });

  it('are refused when any byte is altered', async () => {
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      const code = await codeOfText(altered);
      // The last line feed is beyond the digest and says nothing.
      if (at < whole.length - 1)
        expect(code, `altered at ${at}: ${altered.toString('latin1', at - 10, at + 10)}`).to.match(/^ARCHIVE_/u);
    }
  });

  it('are refused when their compressed bytes are altered', async () => {
    const packed = gzipSync(whole);
    for (let at = 10; at < packed.length; at += 1) {
      const altered = Buffer.from(packed);
      altered[at] = (altered[at] ?? 0) ^ 0x10;
      const code = await codeOfText(altered, 'damaged.json.gz');
      // Bits that fill the last byte of the compressed data mean nothing: what is read is what was written.
      if (code === 'accepted')
        expect((await read(join(folder, 'damaged.json.gz'))).map((object) => JSON.stringify(object))).to.deep.equal(lines);
      else expect(code, `altered at ${at}`).to.match(/^ARCHIVE_/u);
    }
  });

  it('are told apart: empty, not ours, of a newer version', async () => {
    expect(await codeOfText('')).to.equal('ARCHIVE_TRUNCATED');
    expect(await codeOfText('[{"model":"demoapp.book"}]\n')).to.equal('ARCHIVE_NOT_OURS');
    expect(await codeOfText(Buffer.alloc(4096))).to.equal('ARCHIVE_NOT_OURS');
    expect(await codeOfText(whole.toString().replace('"version":1', '"version":2'))).to.equal('ARCHIVE_VERSION');
    expect(await codeOf(openArchive(join(folder, 'missing.json')))).to.equal('ARCHIVE_NOT_FOUND');
  });

  it('are refused with duplicate and unsorted objects, unknown models and members, and values of another kind', async () => {
    const refused = async (objects: readonly string[]): Promise<string> => {
      const file = join(folder, 'hostile.json');
      await write(file, objects);
      return codeOf(read(file));
    };
    expect(await refused([lines[0]!, lines[0]!])).to.equal('ARCHIVE_DUPLICATE');
    expect(await refused([lines[1]!, lines[0]!])).to.equal('ARCHIVE_UNSORTED');
    expect(await refused([lines[2]!, lines[0]!])).to.equal('ARCHIVE_UNSORTED');
    for (const line of [
      '{"fields":{"name":"x"},"model":"a.other","pk":1}',
      '{"fields":{"name":"x","more":1},"model":"a.parent","pk":1}',
      '{"fields":{},"model":"a.parent","pk":1}',
      '{"fields":{"name":1},"model":"a.parent","pk":1}',
      '{"fields":{"name":"x"},"model":"a.parent","pk":null}',
      '{"fields":{"name":"x"},"model":"a.parent","pk":{"id":1}}',
      '{"fields":{"name":"x","__proto__":{"polluted":true}},"model":"a.parent","pk":1}',
      '{"fields":{"name":"x"},"model":"a.parent","pk":1,"shared":false}',
      '17',
      'null',
    ]) {
      expect(await refused([line]), line).to.equal('ARCHIVE_DAMAGED');
    }
  });

  it('do not exhaust stack or memory: a hundred thousand levels, a line of 200 MB', async () => {
    const deep = `{"fields":{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}},"model":"a.parent","pk":1}`;
    const file = join(folder, 'deep.json');
    await write(file, [deep]);
    expect(await codeOf(read(file))).to.equal('ARCHIVE_DAMAGED');
    const long = join(folder, 'long.json');
    writeFileSync(long, Buffer.concat([whole.subarray(0, whole.indexOf('\n') + 12), Buffer.alloc(200 * 1024 * 1024, 0x61)]));
    expect(await codeOf(read(long))).to.equal('ARCHIVE_LINE_TOO_LONG');
  });

  it('are refused where a reference leads nowhere', async () => {
    const file = join(folder, 'open.json');
    await write(file, [lines[1]!, lines[2]!]);
    expect(await codeOf(verifyArchive(file))).to.equal('ARCHIVE_NOT_CLOSED');
  });

  it('are mended by reseal after an edit: a key changed, lines in another order, laid out anew', async () => {
    const file = join(folder, 'edited.json');
    const document = JSON.parse(whole.toString()) as { objects: { pk: unknown; fields: Record<string, unknown> }[] };
    document.objects[0]!.pk = 77;
    document.objects[2]!.fields['parent'] = 77;
    document.objects.reverse();
    writeFileSync(file, JSON.stringify(document, null, 2));
    expect(await codeOf(read(file))).to.equal('ARCHIVE_NOT_OURS');
    await resealArchive(file);
    const { header: sealed } = await verifyArchive(file);
    expect(sealed.edited).to.equal(true);
    expect((await read(file)).map((object) => object.pk)).to.deep.equal([10, 77, '00000000-0000-0000-0000-000000000001']);
  });

  it('stay as they are where reseal cannot prove them closed', async () => {
    const file = join(folder, 'unmendable.json');
    const edited = whole.toString().replace('"pk":2}', '"pk":3}');
    writeFileSync(file, edited);
    expect(await codeOf(resealArchive(file))).to.equal('ARCHIVE_NOT_CLOSED');
    expect(readFileSync(file, 'utf8')).to.equal(edited);
  });
});
