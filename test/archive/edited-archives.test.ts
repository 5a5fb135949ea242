import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { resealArchive } from '../../src/archive/reseal-archive.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { PortolanError } from '../../src/errors/portolan-error.js';
import { failureOf } from '../support/failure.js';
import { codeOf, read, sampleLines as lines, write } from './sample-archive.js';

describe('an archive that somebody edited', () => {
  let folder: string;
  let path: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-edited-'));
  });

  beforeEach(async () => {
    path = join(folder, 'edited.json');
    await write(path, lines);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** The whole document with one text in the place of another. */
  function edit(before: string, after: string): void {
    const text = readFileSync(path, 'utf8');
    expect(text).to.contain(before);
    writeFileSync(path, text.replace(before, after));
  }

  async function refused(work: Promise<unknown>): Promise<PortolanError> {
    const error = await failureOf(work);
    expect(error).to.be.instanceOf(PortolanError);
    return error as PortolanError;
  }

  for (const [fact, escape] of [
    ['the first half of a surrogate pair', '\\ud800'],
    ['the second half of one', 'x\\uDFFF'],
    ['both in the wrong order', '\\udc00\\ud800'],
    ['a NUL', 'x\\u0000'],
  ] as const) {
    it(`is refused where a value holds what no database can: ${fact}, with its line and what to do`, async () => {
      const changed = lines.map((line) => line.replace('"name":null', `"name":"${escape}"`));
      await write(path, changed);
      for (const work of [read(path), resealArchive(path)]) {
        const error = await refused(work);
        expect(error).to.include({ code: 'ARCHIVE_DAMAGED', exitCode: 3 });
        expect(error.message).to.match(/edited\.json:4: a\.parent\.name holds what no text of a database can/u);
        expect(error.hint).to.contain('\\ud800').and.contain('--reseal');
      }
    });
  }

  it('is refused where a key holds what no database can, or a natural key of what stayed at home', async () => {
    await write(path, [lines[0]!, '{"fields":{"parent":2},"model":"a.child","pk":"\\u0000"}']);
    expect((await refused(read(path))).message).to.contain('edited.json:4: the pk of a.child holds what no text');
    await write(path, lines, { trailer: { external: [{ model: 'a.parent', naturalKey: { name: '\ud800' }, pk: 50 }] } });
    expect((await refused(read(path))).message).to.contain("its trailer's external");
  });

  it('may hold any pair of surrogates, escaped or not', async () => {
    edit('"name":null', '"name":"\\ud83d\\ude00 😀"');
    await resealArchive(path);
    expect((await read(path)).map((object) => object.fields['name'])).to.include('😀 😀');
  });

  it('is refused where an object has a member twice: one of them would be lost', async () => {
    for (const [before, after, member] of [
      ['"name":null', '"name":null,"name":"x"', 'name'],
      ['"pk":10', '"pk":10,"pk":11', 'pk'],
      ['"name":null', '"na\\u006de":"x","name":null', 'name'],
      ['"follow":"owned"', '"follow":"owned","follow":"connected"', 'follow'],
    ] as const) {
      await write(path, lines);
      edit(before, after);
      const error = await refused(resealArchive(path));
      expect(error).to.include({ code: 'ARCHIVE_DAMAGED', exitCode: 3 });
      expect(error.message).to.match(new RegExp(`edited\\.json:\\d: the member "${member}" stands twice in one object`, 'u'));
    }
  });

  it('is refused where it was saved in another encoding: what is not UTF-8 would be lost', async () => {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      writeFileSync(path, Buffer.from(lines.join('\n'), encoding));
      expect((await refused(resealArchive(path))).message).to.contain('its text is not UTF-8');
    }
  });

  it('is sealed again with a byte order mark and CRLF, as a document or as lines', async () => {
    for (const name of ['windows.json', 'windows.jsonl']) {
      const file = join(folder, name);
      await write(file, lines);
      writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8').replaceAll('\n', '\r\n')}`);
      expect(await codeOf(read(file))).to.equal('ARCHIVE_NOT_OURS');
      await resealArchive(file);
      expect((await read(file)).map((object) => JSON.stringify(object))).to.deep.equal(lines);
    }
  });

  for (const [name, layout, expected] of [
    ['lines.jsonl', (text: string) => text.replace('\n', '\n\n'), 4],
    ['document.json', (text: string) => text, 4],
    ['dense.json', (text: string) => text.replaceAll('\n', ''), 1],
    ['wide.json', (text: string) => JSON.stringify(JSON.parse(text), null, 1), 8],
  ] as const) {
    it(`is sealed however it is laid out, and what is wrong is told by its own line: ${name}`, async () => {
      const file = join(folder, name);
      await write(file, [...lines].reverse());
      const text = layout(readFileSync(file, 'utf8'));
      const at = (one: string): number => text.slice(0, text.search(one)).split('\n').length;
      const line = name === 'wide.json' ? at('"objects"') + expected : expected;
      writeFileSync(file, text.replace(/"name": ?null/u, '"name":17'));
      expect((await refused(resealArchive(file))).message).to.contain(`${name}:${String(line)}: a.parent.name is not`);
      writeFileSync(file, text);
      await resealArchive(file);
      expect((await read(file)).map((object) => JSON.stringify(object))).to.deep.equal(lines);
    });
  }

  it('is refused where a quote or a comma was lost, with the line where that can be told', async () => {
    for (const [name, before, after, where] of [
      ['a.json', '"name":null', '"name:null', 'a.json:4'],
      ['a.json', ',\n{"fields":{"name":null}', '\n{"fields":{"name":null}', 'a.json'],
      ['a.jsonl', '"name":null', '"name":nul', 'a.jsonl:3'],
    ] as const) {
      path = join(folder, name);
      await write(path, lines);
      edit(before, after);
      const error = await refused(resealArchive(path));
      expect(error).to.include({ code: 'ARCHIVE_DAMAGED' });
      expect(error.message).to.equal(`${path.replace(name, where)}: not valid JSON`);
    }
  });

  it('may hold a value of many megabytes', async () => {
    edit('"name":null', `"name":"${'long \\" '.repeat(3_000_000)}"`);
    await resealArchive(path);
    expect((await verifyArchive(path)).trailer.total).to.equal(3);
  });
});
