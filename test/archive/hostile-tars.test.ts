import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Header } from 'tar-stream';
import { pack } from 'tar-stream';
import { codeOf, read, sampleLines as lines, write } from './sample-archive.js';

interface Entry extends Partial<Omit<Header, 'name'>> {
  readonly name: string;
  readonly bytes?: Buffer;
}

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { bytes = Buffer.alloc(0), ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, bytes);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('tar files that somebody made', () => {
  let folder: string;
  let entries: readonly (Entry & { readonly bytes: Buffer })[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-tar-'));
    await write(join(folder, 'out/'), lines);
    entries = ['header.json', 'objects-000001.jsonl', 'trailer.json'].map((name) => ({
      name,
      bytes: readFileSync(join(folder, 'out', name)),
    }));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function codeOfTar(bytes: Buffer): Promise<string> {
    writeFileSync(join(folder, 'made.tar'), bytes);
    writeFileSync(join(folder, 'made.tar.gz'), gzipSync(bytes));
    const [code, other] = [await codeOf(read(join(folder, 'made.tar'))), await codeOf(read(join(folder, 'made.tar.gz')))];
    expect(other).to.equal(code);
    expect(readdirSync(folder).sort()).to.deep.equal(['made.tar', 'made.tar.gz', 'out']);
    return code;
  }

  it('are read where they hold what was written: of other times, owners and rights, with more zeros at the end', async () => {
    expect(await codeOfTar(await tarOf(entries))).to.equal('accepted');
    const owned = entries.map((entry) => ({ ...entry, mode: 0o644, uid: 1000, gid: 1000, uname: 'me', mtime: new Date(1e12) }));
    const tar = await tarOf(owned);
    expect(await codeOfTar(Buffer.concat([tar, Buffer.alloc(10_240 - (tar.length % 10_240))]))).to.equal('accepted');
  });

  it('are refused with any other name, wherever it stands', async () => {
    const name = fc.oneof(
      fc.constantFrom(
        '..',
        '../header.json',
        '/etc/passwd',
        './header.json',
        'objects-000001.jsonl/../x',
        'files/../../x',
        'C:\\x',
      ),
      fc.constantFrom(
        'header.json',
        'objects-000001.jsonl',
        'objects-000003.jsonl',
        'objects-1.jsonl',
        'trailer.json',
        'x'.repeat(300),
      ),
      fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter((text) => !text.includes('\0')),
    );
    await fc.assert(
      fc.asyncProperty(name, fc.nat({ max: 3 }), async (added, at) => {
        const all = [...entries.slice(0, at), { name: added, bytes: entries[1]!.bytes }, ...entries.slice(at)];
        expect(await codeOfTar(await tarOf(all))).to.match(/^ARCHIVE_/u);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused in any other order, and with any member missing or twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2 }), { maxLength: 6 }), async (order) => {
        fc.pre(JSON.stringify(order) !== '[0,1,2]');
        expect(await codeOfTar(await tarOf(order.map((at) => entries[at]!))), order.join()).to.match(/^ARCHIVE_/u);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused with links, devices, folders and fifos under any name', async () => {
    const types = ['link', 'symlink', 'character-device', 'block-device', 'directory', 'fifo', 'contiguous-file'] as const;
    for (const type of types) {
      for (const at of [0, 1, 2]) {
        const changed = entries.map((entry, place) => {
          if (place !== at) return entry;
          const { bytes, ...header } = entry;
          return type === 'contiguous-file'
            ? { ...entry, type }
            : { ...header, type, linkname: bytes.length > 0 ? '/etc/passwd' : '' };
        });
        expect(await codeOfTar(await tarOf(changed)), `${type} ${at}`).to.equal('ARCHIVE_DAMAGED');
      }
    }
  });

  it('are refused where they are sparse, or say more of a member than its name', async () => {
    const [header, objects, trailer] = entries;
    for (const pax of [
      { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'objects-000001.jsonl' },
      { size: String(objects!.bytes.length) },
      { linkpath: '/etc/passwd' },
    ])
      expect(await codeOfTar(await tarOf([header!, { ...objects!, pax }, trailer!]))).to.match(/^ARCHIVE_/u);
    const sparse = await tarOf(entries);
    sparse[512 + blocks(header!.bytes) + 156] = 'S'.charCodeAt(0);
    expect(await codeOfTar(withSums(sparse))).to.match(/^ARCHIVE_/u);
  });

  it('are refused with sizes that lie, however large, without being waited for', async () => {
    const size = (text: string): Buffer => {
      const tar = Buffer.from(whole);
      tar.write(text, 512 + blocks(entries[0]!.bytes) + 124, 'latin1');
      return withSums(tar);
    };
    const whole = await tarOf(entries);
    for (const text of [
      '00000000000\0',
      '00000000017\0',
      '77777777777\0',
      '\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff',
      '\xff'.repeat(12),
      'x'.repeat(12),
    ])
      expect(await codeOfTar(size(text)), JSON.stringify(text)).to.match(/^ARCHIVE_/u);
  });

  it('are refused where they are two, one after the other, or where something follows them', async () => {
    const tar = await tarOf(entries);
    for (const more of [tar, Buffer.from('x'), Buffer.alloc(512, 'x'), Buffer.alloc(100)])
      expect(await codeOfTar(Buffer.concat([tar, more]))).to.match(/^ARCHIVE_/u);
    // Each in one of two.
    const [first, second] = [await tarOf(entries.slice(0, 2)), await tarOf(entries.slice(2))];
    expect(await codeOfTar(second)).to.equal('ARCHIVE_NOT_OURS');
    expect(await codeOfTar(first)).to.equal('ARCHIVE_TRUNCATED');
  });
});

function blocks(bytes: Buffer): number {
  return Math.ceil(bytes.length / 512) * 512;
}

/** The sums of all blocks that are headers, made again. */
function withSums(tar: Buffer): Buffer {
  for (let at = 0; at < tar.length; at += 512) {
    if (tar.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    tar.fill(0x20, at + 148, at + 156);
    const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
  return tar;
}
