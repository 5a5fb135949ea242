import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Program } from '../support/run.js';
import { useLibrary } from './library.js';

describe('an output that would take the place of another file of the command', () => {
  const library = useLibrary(async () => {
    await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json', '-q']);
    writeFileSync(join(library.folder, 'policy.json'), '{}');
    symlinkSync('book.json', join(library.folder, 'link.json'));
    linkSync(join(library.folder, 'book.json'), join(library.folder, 'other-name.json'));
  });

  const cases: readonly (readonly [Program, string, string])[] = [
    ['exportobjects', 'demoapp.Book.4 -o new.json --findings new.json', '--findings would overwrite --output'],
    ['exportobjects', 'demoapp.Book.4 -o book.json --force --findings ./book.json', '--findings would overwrite --output'],
    ['exportobjects', 'demoapp.Book.4 --policy policy.json -o policy.json --force', '--output would overwrite --policy'],
    ['importobjects', 'book.json --dry-run --findings book.json', '--findings would overwrite the archive'],
    ['importobjects', 'book.json --dry-run --plan link.json', '--plan would overwrite the archive'],
    ['importobjects', 'book.json --dry-run --findings other-name.json', '--findings would overwrite the archive'],
    ['importobjects', 'book.json --id-map ./book.json', '--id-map would overwrite the archive'],
    ['importobjects', 'book.json --plan p.jsonl --id-map p.jsonl', '--id-map would overwrite --plan'],
    ['portolan', 'verify book.json --findings book.json', '--findings would overwrite the archive'],
    ['portolan', 'diff policy.json book.json --plan book.json', '--plan would overwrite the archive'],
    ['portolan', 'diff book.json policy.json --id-map other.json --plan ./other.json', '--plan would overwrite --with-id-map'],
    ['portolan', 'merge policy.json link.json -o book.json --force', '--output would overwrite an archive'],
  ];

  for (const [program, words, message] of cases) {
    it(`is refused before anything is done: ${program} ${words}`, async () => {
      const before = readFileSync(join(library.folder, 'book.json'), 'utf8');
      const { code, stderr } = await library.run(program, words.split(' '));
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain(message);
      expect(readFileSync(join(library.folder, 'book.json'), 'utf8')).to.equal(before);
    });
  }

  it('is no matter where it is resealed in its place, or where nothing can be lost', async () => {
    expect((await library.run('portolan', ['verify', 'book.json', '--reseal', '-o', 'book.json'])).code).to.equal(0);
    const nowhere = ['demoapp.Book.4', '-o', '/dev/null', '--findings', '/dev/null'];
    expect((await library.run('exportobjects', nowhere)).code).to.equal(0);
  });
});
