import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import stringify from 'fast-json-stable-stringify';
import type { ArchiveEntity, ArchiveHeader, ArchiveObject } from '../../src/archive/archive.js';
import { mergeInSizes } from '../../src/compare/merge-archives.js';
import type { MergeOptions, MergeResult } from '../../src/index.js';
import { verifyArchive } from '../../src/index.js';
import { codeOf, read } from '../archive/sample-archive.js';
import type { Made } from './made-archive.js';
import { writeMade } from './made-archive.js';

const text = (name: string, type = 'text'): ArchiveEntity['columns'][string] => ({ name, type, kind: 'text' });
const integer = (name: string): ArchiveEntity['columns'][string] => ({ name, type: 'integer', kind: 'integer' });
const plain = { schema: 'public', links: {}, references: [], naturalKey: [] } as const;

const entities: Readonly<Record<string, ArchiveEntity>> = {
  'm.person': {
    ...{ ...plain, table: 'person', key: ['id'], naturalKey: ['name'] },
    columns: { id: integer('id'), name: text('name'), code: text('code'), bio: text('bio') },
  },
  'm.unit': {
    ...{ ...plain, table: 'unit', key: ['id'], nestedSet: { left: 'l', right: 'r' }, materializedPath: 'path' },
    columns: { id: integer('id'), l: integer('l'), r: integer('r'), path: text('path'), parent: integer('parent') },
    references: [{ name: 'm.unit.parent', columns: ['parent'], parent: 'm.unit', parentColumns: ['id'] }],
  },
  'm.mail': {
    ...{ ...plain, table: 'mail', key: ['id'] },
    columns: { id: text('id', 'uuid'), to: text('to'), by: integer('by') },
    references: [
      { name: 'm.mail.to', columns: ['to'], parent: 'm.person', parentColumns: ['code'] },
      { name: 'm.mail.by', columns: ['by'], parent: 'm.person', parentColumns: ['id'] },
    ],
  },
  'm.seat': {
    ...{ ...plain, table: 'seat', key: ['person', 'number'] },
    columns: { person: integer('person'), number: integer('number'), row: text('row') },
    references: [{ name: 'm.seat.person', columns: ['person'], parent: 'm.person', parentColumns: ['id'] }],
  },
};

const order = ['m.person', 'm.unit', 'm.mail', 'm.seat'] as const;
const person = (pk: number, name: string | null, code: string | null = null, bio: string | null = null): ArchiveObject => ({
  model: 'm.person',
  pk,
  fields: { name, code, bio },
});
const unit = (pk: number, l: number, r: number, path: string, parent: number | null = null): ArchiveObject => ({
  model: 'm.unit',
  pk,
  fields: { l, r, path, parent },
});
const uuid = (last: number): string => `00000000-0000-4000-8000-00000000000${String(last)}`;
const mail = (pk: string, to: string | null, by: number | null = null): ArchiveObject => ({
  model: 'm.mail',
  pk,
  fields: { to, by },
});
const seat = (of: number, number: number, row: string): ArchiveObject => ({
  model: 'm.seat',
  pk: { number, person: of },
  fields: { row },
});

describe('mergeArchives of different databases', () => {
  let folder: string;
  let file: (name: string) => string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-gather-'));
    file = (name) => join(folder, name);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function write(name: string, objects: readonly ArchiveObject[], more: Omit<Made, 'objects'> = {}): Promise<void> {
    const there = order.filter((model) => objects.some((object) => object.model === model));
    const volatile = { date: '2026-01-01T00:00:00.000Z', tool: '0', source: name.padEnd(64, '0') };
    const header: Partial<ArchiveHeader> = { entities, order: there, seeds: [], volatile, ...more.header };
    await writeMade(file(name), { ...more, objects, header });
  }

  async function merge(names: readonly string[], options: Partial<MergeOptions> = {}, size = 1 << 20): Promise<MergeResult> {
    const given = { archives: names.map(file), output: file('merged.json'), force: true, reproducible: true, ...options };
    try {
      return await mergeInSizes(given, size);
    } finally {
      expect(readdirSync(folder).filter((one) => one.startsWith('.'))).to.deep.equal([]);
    }
  }

  async function merged(): Promise<readonly string[]> {
    await verifyArchive(file('merged.json'));
    return (await read(file('merged.json'))).map(({ model, pk, fields }) => stringify([model, pk, fields]));
  }

  const line = ({ model, pk, fields }: ArchiveObject): string => stringify([model, pk, fields]);

  it('are known by what their headers tell, else by what is said, and never by key alone where only some tell', async () => {
    await write('a', [person(1, 'ann')]);
    await write('b', [person(1, 'bob')]);
    await write('silent', [person(1, 'bob')], { header: { volatile: undefined } });
    expect((await merge(['a', 'b'])).plan).to.deep.include({ remap: { 'm.person': 1 } });
    expect((await merge(['a', 'a'])).plan).to.deep.include({ insert: {}, same: {} });
    const alike = await merge(['a', 'b'], { sources: 'same' });
    expect(alike.conflicts.map(({ object, reason }) => [object, reason])).to.deep.equal([['m.person.1', 'differs']]);
    expect(await codeOf(merge(['a', 'silent']))).to.equal('SOURCES_UNKNOWN');
    expect((await merge(['a', 'silent'], { sources: 'other' })).status).to.equal('done');
    const { findings } = await merge(['silent', 'silent']);
    expect(findings.map(({ kind }) => kind)).to.include('source-not-told');
    await write('early', [person(1, 'bob')], {
      header: { entities: { ...entities, 'm.person': { ...entities['m.person']!, naturalKey: undefined } } },
    });
    expect(await codeOf(merge(['a', 'early']))).to.equal('ARCHIVES_UNLIKE');
  });

  for (const size of [1, 1 << 20]) {
    it(`give three archives one key for one name, new keys above all others, and lead all references there (${String(size)})`, async () => {
      await write('a', [person(1, 'ann', 'A'), mail(uuid(1), 'A', 1), seat(1, 1, 'x')], { header: { seeds: ['m.person.1'] } });
      await write(
        'b',
        [person(1, 'bob', 'B'), person(7, 'ann', 'C'), mail(uuid(1), 'C', 1), mail(uuid(2), 'B', 7), seat(7, 2, 'y')],
        {
          header: { seeds: ['m.person.1', 'm.seat.person=7,number=2'] },
        },
      );
      await write('c', [person(9, 'bob', 'B'), person(1, null), seat(9, 1, 'z'), seat(1, 1, 'w')]);
      const policy = { models: { Person: { merge: 'keep' } } } as const;
      const { plan, status, conflicts } = await merge(['a', 'b', 'c'], { policy, idMap: file('map') }, size);
      expect([status, conflicts]).to.deep.equal(['done', []]);
      expect(plan.merge).to.deep.equal({ 'm.person': 2 });
      const lines = await merged();
      const fresh = lines.find((one) => one.includes('m.mail') && !one.includes(uuid(1)) && !one.includes(uuid(2)))!;
      const [, other] = JSON.parse(fresh) as [string, string];
      expect(lines).to.have.members(
        [
          ...[person(1, 'ann', 'A'), person(10, 'bob', 'B'), person(11, null)],
          ...[mail(uuid(1), 'A', 1), mail(other, 'A', 10), mail(uuid(2), 'B', 1)],
          ...[seat(1, 1, 'x'), seat(1, 2, 'y'), seat(10, 1, 'z'), seat(11, 1, 'w')],
        ].map(line),
      );
      const { header } = await verifyArchive(file('merged.json'));
      expect(header.seeds).to.deep.equal(['m.person.1', 'm.person.10', 'm.seat.person=1,number=2']);
      const map = readFileSync(file('map'), 'utf8')
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one) as object);
      expect(map).to.deep.include({ archives: [file('b')], from: 'm.person.7', to: 'm.person.1', decision: 'merge' });
      expect(map).to.deep.include({ archives: [file('c')], from: 'm.person.1', to: 'm.person.11', decision: 'remap' });
      expect(map).to.have.length(12);
    });
  }

  it('settle other columns as the policy says, and tell both versions where it says nothing', async () => {
    await write('a', [person(1, 'ann', null, null), person(2, 'bob', 'B', 'old')]);
    await write('b', [person(5, 'ann', 'A', 'x'), person(6, 'bob', 'B', 'new')]);
    const { conflicts, status } = await merge(['a', 'b'], { verbose: true });
    expect(status).to.equal('refused');
    expect(conflicts.map(({ object, columns, versions }) => [object, columns, versions])).to.deep.equal([
      [
        'm.person.1',
        ['bio', 'code'],
        [
          { bio: null, code: null },
          { bio: 'x', code: 'A' },
        ],
      ],
      ['m.person.2', ['bio'], [{ bio: 'old' }, { bio: 'new' }]],
    ]);
    for (const [rule, bob] of [
      ['fill', person(2, 'bob', 'B', 'old')],
      ['keep', person(2, 'bob', 'B', 'old')],
    ] as const) {
      expect((await merge(['a', 'b'], { policy: { models: { person: { merge: rule } } } })).status).to.equal('done');
      expect(await merged()).to.deep.equal([rule === 'keep' ? person(1, 'ann') : person(1, 'ann', 'A', 'x'), bob].map(line));
    }
    // A code by which others could refer to somebody is not taken.
    const take = { models: { person: { merge: 'take' } } } as const;
    expect((await merge(['a', 'b'], { policy: take })).conflicts.map(({ object }) => object)).to.deep.equal(['m.person.1']);
    await write('b', [person(6, 'bob', 'B', 'new')]);
    expect((await merge(['a', 'b'], { policy: take })).status).to.equal('done');
    expect(await merged()).to.include(line(person(2, 'bob', 'B', 'new')));
    expect(await codeOf(merge(['a', 'b'], { policy: { models: { person: { naturalKey: ['nmae'] } } } }))).to.equal(
      'UNKNOWN_COLUMN',
    );
  });

  it('refuse two of one name, two of one value that others refer to, and a composite key that nothing can renew', async () => {
    const reasons = async (): Promise<unknown> => {
      rmSync(file('merged.json'), { force: true });
      const { status, conflicts } = await merge(['a', 'b']);
      expect(status).to.equal('refused');
      expect(readdirSync(folder)).not.to.include('merged.json');
      return conflicts.map(({ object, other, reason, columns }) => [object, other, reason, columns]);
    };
    await write('a', [person(1, 'ann', 'A')]);
    await write('b', [person(2, 'ann', 'A'), person(3, 'ann', 'B')]);
    expect(await reasons()).to.deep.equal([['m.person.2', 'm.person.3', 'namesakes', ['name']]]);
    await write('b', [person(2, 'bob', 'A')]);
    expect(await reasons()).to.deep.equal([['m.person.1', 'm.person.2', 'unique', ['code']]]);
    await write('a', [person(1, 'ann', 'A'), seat(1, 1, 'x')]);
    await write('b', [person(4, 'ann', 'A'), seat(4, 1, 'y')]);
    expect(await reasons()).to.deep.equal([['m.seat.person=1,number=1', undefined, 'differs', ['row']]]);
  });

  it('find who stayed at home by the natural key, and refuse who would need another key', async () => {
    const home = (pk: number, name: string): object => ({ model: 'm.person', pk, naturalKey: { name } });
    const external = (...all: object[]): Omit<Made, 'objects'> => ({ trailer: { external: all as never } });
    await write('a', [person(1, 'ann')]);
    await write('b', [mail(uuid(1), null, 4)], external(home(4, 'ann')));
    expect((await merge(['a', 'b'])).status).to.equal('done');
    expect(await merged()).to.include(line(mail(uuid(1), null, 1)));
    expect((await verifyArchive(file('merged.json'))).trailer.external).to.deep.equal([]);
    expect((await merge(['b', 'a'])).status).to.equal('done');
    expect(await merged()).to.include(line(person(4, 'ann')));
    await write('b', [mail(uuid(1), null, 1)], external(home(1, 'bob')));
    const { conflicts } = await merge(['a', 'b']);
    expect(conflicts.map(({ object, reason }) => [object, reason])).to.deep.equal([['m.person.1', 'stayed-at-home']]);
    expect((await merge(['b', 'a'])).status).to.equal('done');
    expect(await merged()).to.deep.equal([person(2, 'ann'), mail(uuid(1), null, 1)].map(line));
  });

  it('refuse a reference that dangles at home and would lead to another object', async () => {
    const dangling = [{ object: `m.mail.${uuid(2)}`, reference: 'm.mail.by' }];
    await write('a', [person(1, 'ann')]);
    await write('b', [mail(uuid(2), null, 1)], { trailer: { dangling } });
    expect(await codeOf(merge(['a', 'b']))).to.equal('REFERENCE_NOT_MAPPED');
    await write('b', [mail(uuid(2), null, 9), person(1, 'bob')], { trailer: { dangling } });
    expect((await merge(['a', 'b'])).status).to.equal('done');
    expect(await merged()).to.have.members([person(1, 'ann'), person(10, 'bob'), mail(uuid(2), null, 9)].map(line));
    expect((await verifyArchive(file('merged.json'))).trailer.dangling).to.deep.equal(dangling);
    await write('b', [mail(uuid(2), 'A'), person(2, 'bob')], {
      trailer: { dangling: [{ ...dangling[0]!, reference: 'm.mail.to' }] },
    });
    await write('a', [person(1, 'ann', 'A')]);
    expect(await codeOf(merge(['a', 'b']))).to.equal('REFERENCE_NOT_MAPPED');
  });

  it('number a later nested set behind the earlier ones, and rewrite paths; trees that are partly known refuse', async () => {
    const tree = [unit(1, 1, 4, '1.'), unit(2, 2, 3, '1.2.', 1)];
    await write('a', tree);
    await write('b', [unit(1, 1, 6, '1.'), unit(2, 2, 5, '1.2.', 1), unit(3, 3, 4, '1.2.3.', 2)]);
    expect((await merge(['a', 'b'])).plan.remap).to.deep.equal({ 'm.unit': 2 });
    const behind = [unit(3, 7, 8, '4.5.3.', 5), unit(4, 5, 10, '4.'), unit(5, 6, 9, '4.5.', 4)];
    expect(await merged()).to.deep.equal([...tree, ...behind].map(line));
    expect((await merge(['a', 'a'], { sources: 'other' })).plan.same).to.deep.equal({ 'm.unit': 2 });
    expect(await merged()).to.deep.equal(tree.map(line));
    await write('b', [unit(1, 1, 4, '1.'), unit(5, 5, 6, '5.')]);
    await write('a', [unit(1, 1, 4, '1.'), unit(6, 5, 6, '6.')]);
    expect(await codeOf(merge(['a', 'b']))).to.equal('NESTED_SET_OVERLAPS');
  });

  it('read the archives of one database as one, and sum who was left out', async () => {
    const leftOut = (count: number): NonNullable<Made['trailer']> => ({ leftOut: [{ model: 'm.mail', rule: 'old', count }] });
    const header = { volatile: { date: '', tool: '', source: 'b'.padEnd(64, '0') } };
    await write('a', [person(1, 'ann')], { trailer: leftOut(2) });
    await write('b', [person(1, 'bob')], { trailer: leftOut(3) });
    await write('b2', [person(1, 'bob'), mail(uuid(1), null, 1)], { header, trailer: leftOut(4) });
    expect((await merge(['a', 'b', 'b2'])).status).to.equal('done');
    expect(await merged()).to.deep.equal([person(1, 'ann'), person(2, 'bob'), mail(uuid(1), null, 2)].map(line));
    expect((await verifyArchive(file('merged.json'))).trailer.leftOut).to.deep.equal([
      { model: 'm.mail', rule: 'old', count: 6 },
    ]);
    await write('b2', [person(1, 'bob', null, 'changed')], { header });
    const { conflicts } = await merge(['a', 'b', 'b2'], { policy: { models: { person: { merge: 'keep' } } } });
    expect(conflicts.map(({ object, archives }) => [object, archives])).to.deep.equal([['m.person.2', [file('b'), file('b2')]]]);
  });
});
