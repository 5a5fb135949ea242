import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { expect } from 'chai';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { lineLimit } from '../../src/archive/limits.js';
import { openArchive } from '../../src/archive/open-archive.js';
import { resealArchive } from '../../src/archive/reseal-archive.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { codeOf, read, sampleHeader, sampleLines as lines, write } from './sample-archive.js';
import { failureOf } from '../support/failure.js';

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

  it('do not exhaust the stack: a hundred thousand levels, in an object, the header or the trailer', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const file = join(folder, 'deep.json');
    for (const line of [
      `{"fields":{"name":${deep}},"model":"a.parent","pk":1}`,
      `{"fields":{"name":"x"},"model":"a.parent","pk":${deep}}`,
      `{"fields":{"name":"x"},"model":${deep},"pk":1}`,
      deep,
    ]) {
      await write(file, [line]);
      expect(await codeOf(read(file)), line.slice(0, 60)).to.equal('ARCHIVE_DAMAGED');
      expect(await codeOf(resealArchive(file)), line.slice(0, 60)).to.equal('ARCHIVE_DAMAGED');
    }
    const text = whole.toString();
    for (const changed of [
      text.replace('{"header":{', `{"header":{"deep":${deep},`),
      text.replace('{"header":{', `{"header":${deep},"x":{`),
      text.replace('"external":[]', `"external":[{"model":"a.parent","naturalKey":{"name":${deep}},"pk":1}]`),
      text.replace('"external":[]', `"external":[{"deep":${deep},"model":"a.parent","naturalKey":{},"pk":1}]`),
    ]) {
      expect(await codeOfText(changed), changed.slice(0, 60)).to.match(/^ARCHIVE_/u);
      expect(await codeOf(resealArchive(join(folder, 'damaged.json'))), changed.slice(0, 60)).to.match(/^ARCHIVE_/u);
    }
  });

  it('do not exhaust memory: a line of 200 MB, as it is or compressed to next to nothing', async () => {
    const head = whole.subarray(0, whole.indexOf('\n') + 12);
    for (const start of [head, Buffer.alloc(0)]) {
      const long = join(folder, 'long.json');
      writeFileSync(long, start);
      truncateSync(long, 200 * 1024 * 1024);
      expect(await codeOf(read(long))).to.equal('ARCHIVE_LINE_TOO_LONG');
      writeFileSync(`${long}.gz`, zlib.gzipSync(readFileSync(long)));
      expect(await codeOf(read(`${long}.gz`))).to.equal('ARCHIVE_LINE_TOO_LONG');
      rmSync(long);
    }
  });

  it('do not exhaust memory: more than a person can have had in an editor is not sealed again', async () => {
    const large = join(folder, 'large.json');
    writeFileSync(large, '{');
    truncateSync(large, 257 * 1024 * 1024);
    expect(await codeOf(resealArchive(large))).to.equal('ARCHIVE_TOO_LARGE');
    rmSync(large);
  });

  it('are none where an object would be longer than a line may be: it is not written', async () => {
    const file = join(folder, 'long-object.json');
    const writer = await createArchiveWriter({ output: file, header: sampleHeader, force: false });
    const half = Buffer.alloc(lineLimit / 2 + 1, 'x');
    half.write(writer.lineStart);
    await writer.write(Buffer.concat([half, half]));
    const object = Buffer.alloc(lineLimit + 2, 'x');
    object.write(writer.lineStart);
    const end = `"},"model":"public.file","pk":"a,}","shared":true}`;
    object.write(end, object.length - end.length);
    expect(await failureOf(writer.write(Buffer.concat([half, object])))).to.deep.include({
      code: 'LINE_TOO_LONG',
      message: 'an object of public.file takes more than 128 MiB in one line',
      hint: 'Its pk is "a,}". Leave its large column out with --exclude public.file.FIELD.',
    });
    await writer.abort();
    expect(existsSync(file)).to.equal(false);
  });

  it('are told by their first bytes to be compressed by zstd, whatever they are called', async () => {
    const code = await codeOfText(Buffer.from('28b52ffd0000ffffffffffffffff', 'hex'), 'zstd.json');
    expect(code).to.equal('createZstdDecompress' in zlib ? 'ARCHIVE_DAMAGED' : 'NO_ZSTD');
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
