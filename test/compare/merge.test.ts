import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { ArchiveObject, ExternalObject } from '../../src/archive/archive.js';
import { mergeArchives, verifyArchive } from '../../src/index.js';
import { codeOf, read } from '../archive/sample-archive.js';
import type { Made } from './made-archive.js';
import { comparePks, madeEntities, madeOrder, nameOf, writeMade } from './made-archive.js';
import { altered, randomWorld } from './random-objects.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 50);

type Objects = readonly ArchiveObject[];

/** Some objects of a world with what they need; where `external`, one hop up only: what lies beyond is known by its key. */
function taken(world: Objects, chosen: readonly boolean[], external: boolean): Made & { readonly objects: Objects } {
  const all = new Map(world.map((object) => [nameOf(object), object]));
  const seeds = world.filter((_, at) => chosen[at] ?? false);
  const names = new Set(seeds.map(nameOf));
  const stubs = new Set<string>();
  const visit = (object: ArchiveObject): void => {
    for (const parent of parentsOf(object)) {
      if (names.has(parent)) continue;
      if (external) stubs.add(parent);
      else {
        names.add(parent);
        visit(all.get(parent)!);
      }
    }
  };
  seeds.forEach(visit);
  const objects = world
    .filter((object) => names.has(nameOf(object)))
    .map((object): ArchiveObject => {
      const role = seeds.includes(object) ? {} : { shared: true as const };
      const { tags } = object.fields;
      if (tags === undefined) return { ...object, ...role };
      const list = (tags as ArchiveObject['pk'][]).filter((pk) => names.has(nameOf({ model: 'm.tag', pk })));
      return { ...object, fields: { ...object.fields, tags: list }, ...role };
    });
  return { objects, trailer: { external: sortedExternal([...stubs].map((name) => stub(all.get(name)!))) } };
}

function stub({ model, pk, fields }: ArchiveObject): ExternalObject {
  return { model, pk, naturalKey: model === 'm.person' ? { active: fields['active'] as boolean | null } : {} };
}

function sortedExternal(external: readonly ExternalObject[]): readonly ExternalObject[] {
  return [...external].sort((a, b) => (a.model === b.model ? comparePks(a.pk, b.pk) : a.model < b.model ? -1 : 1));
}

function parentsOf({ model, fields }: ArchiveObject): readonly string[] {
  const held = {
    'm.team': ['m.person', fields['lead']],
    'm.person': ['m.team', fields['team']],
    'm.note': ['m.person', fields['author']],
  }[model];
  return held?.[1] === null || held?.[1] === undefined ? [] : [nameOf({ model: held[0] as string, pk: held[1] as string })];
}

/** What is in any of them, owned where it is owned in one, with all links. */
function together(all: readonly Objects[]): Objects {
  const found = new Map<string, ArchiveObject>();
  for (const object of all.flat()) {
    const name = nameOf(object);
    const known = found.get(name);
    if (known === undefined) {
      found.set(name, object);
      continue;
    }
    const both = [known, object];
    const tags = both.flatMap(({ fields }) => (fields['tags'] ?? []) as ArchiveObject['pk'][]);
    const byName = new Map(tags.map((pk) => [JSON.stringify(pk), pk]));
    const { shared, ...rest } = known;
    found.set(name, {
      ...rest,
      fields: { ...known.fields, ...(known.fields['tags'] === undefined ? {} : { tags: [...byName.values()].sort(comparePks) }) },
      ...(shared === true && object.shared === true ? { shared: true as const } : {}),
    });
  }
  return [...found.values()];
}

const chosen = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
const orders = fc.constantFrom(madeOrder, [...madeOrder].reverse());

describe('mergeArchives', function () {
  this.timeout(180_000);
  let folder: string;
  let file: (name: string) => string;
  const bytes = (name: string): string => readFileSync(file(name), 'utf8');
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-merge-'));
    file = (name) => join(folder, name);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const merge = (names: readonly string[], more: object = {}): ReturnType<typeof mergeArchives> =>
    mergeArchives({ archives: names.map(file), output: file('merged.json'), force: true, reproducible: true, ...more });

  it(`gives each object once with all links, closed, whichever comes first; of an archive and itself the same bytes (${String(runs)} runs)`, async function () {
    this.timeout(runs * 5000);
    await fc.assert(
      fc.asyncProperty(
        randomWorld,
        fc.array(fc.tuple(chosen, fc.boolean(), orders), { minLength: 2, maxLength: 3 }),
        async (world, draws) => {
          const parts = draws.map(([choice, external, order]) => ({ ...taken(world, choice, external), header: { order } }));
          const names = parts.map((_, at) => `${String(at)}.json`);
          for (const [at, part] of parts.entries()) await writeMade(file(names[at]!), part);
          const result = await merge(names);
          expect(result.conflicts).to.deep.equal([]);
          expect(result.status).to.equal('done');
          const { header, trailer } = await verifyArchive(file('merged.json'));
          const wanted = together(parts.map(({ objects }) => objects));
          const found = await read(file('merged.json'));
          expect(new Map(found.map((object) => [nameOf(object), object]))).to.deep.equal(
            new Map(wanted.map((object) => [nameOf(object), object])),
          );
          expect(found).to.have.length(wanted.length);
          expect(trailer.total).to.equal(wanted.length);
          const whole = new Set(wanted.map(nameOf));
          const external = new Map(parts.flatMap((part) => part.trailer?.external ?? []).map((one) => [nameOf(one), one]));
          expect(trailer.external).to.deep.equal(sortedExternal([...external.values()].filter((one) => !whole.has(nameOf(one)))));
          expect(header.volatile).to.equal(undefined);
          const first = bytes('merged.json');
          await merge([...names].reverse());
          expect(bytes('merged.json')).to.equal(first);
          for (const name of names) {
            await merge([name, name]);
            expect(bytes('merged.json')).to.equal(bytes(name));
          }
          expect(readdirSync(folder).filter((name) => name.startsWith('.'))).to.deep.equal([]);
        },
      ),
      { numRuns: runs, endOnFailure: false },
    );
  });

  it(`refuses two versions of an object and writes nothing, whatever the output is (${String(runs)} runs)`, async function () {
    this.timeout(runs * 5000);
    await fc.assert(
      fc.asyncProperty(randomWorld, fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }), async (world, places) => {
        const changed = new Set(places.map((at) => at % world.length));
        const other = world.map((object, at) => (changed.has(at) ? altered(object) : object));
        await writeMade(file('a.json'), { objects: world });
        await writeMade(file('b.json'), { objects: other });
        rmSync(file('merged.json'), { force: true });
        const result = await merge(['a.json', 'b.json']);
        expect(result.status).to.equal('refused');
        expect(new Set(result.conflicts.map(({ object }) => object))).to.deep.equal(
          new Set([...changed].map((at) => nameOf(world[at]!))),
        );
        expect(JSON.stringify(result)).not.to.contain('altered');
        expect(readdirSync(folder)).not.to.include('merged.json');
        expect(readdirSync(folder).filter((name) => name.startsWith('.'))).to.deep.equal([]);
        const written: Buffer[] = [];
        const output = new Writable({
          write: (chunk: Buffer, _, done) => {
            written.push(chunk);
            done();
          },
        });
        const loud = await merge(['b.json', 'a.json'], { output, verbose: true });
        expect(written).to.deep.equal([]);
        for (const { object, columns, archives, versions } of loud.conflicts) {
          const [mine, theirs] = [other, world].map((all) => all.find((one) => nameOf(one) === object)!.fields);
          expect(archives).to.deep.equal([file('b.json'), file('a.json')]);
          expect(versions).to.deep.equal(
            [mine, theirs].map((fields) => Object.fromEntries(columns.map((member) => [member, fields![member]]))),
          );
        }
      }),
      { numRuns: runs, endOnFailure: false },
    );
  });

  const person: ArchiveObject = { model: 'm.person', pk: 'a', fields: { active: true, tags: [], team: null } };

  it('refuses an object that stayed at home under another natural key', async () => {
    const note: ArchiveObject = {
      model: 'm.note',
      pk: '00000000-0000-0000-0000-000000000001',
      fields: { author: 'a', body: null },
    };
    const external = (active: boolean): object => ({ external: [{ model: 'm.person', pk: 'a', naturalKey: { active } }] });
    await writeMade(file('whole.json'), { objects: [person] });
    await writeMade(file('same.json'), { objects: [note], trailer: external(true) });
    await writeMade(file('other.json'), { objects: [note], trailer: external(false) });
    expect((await merge(['whole.json', 'same.json'])).status).to.equal('done');
    for (const names of [
      ['whole.json', 'other.json'],
      ['same.json', 'other.json'],
    ]) {
      const { conflicts } = await merge(names);
      expect(conflicts.map(({ object, columns }) => [object, columns])).to.deep.equal([['m.person.a', ['active']]]);
    }
  });

  it('keeps what dangles, until one of the archives has it', async () => {
    const lost: ArchiveObject = {
      model: 'm.note',
      pk: '00000000-0000-0000-0000-000000000001',
      fields: { author: 'a', body: null },
    };
    const dangling = [{ object: nameOf(lost), reference: 'm.note.author' }];
    await writeMade(file('a.json'), {
      objects: [lost],
      trailer: { dangling, leftOut: [{ model: 'm.tag', rule: 'exclude', count: 2 }] },
    });
    await writeMade(file('b.json'), { objects: [], trailer: { leftOut: [{ model: 'm.tag', rule: 'exclude', count: 3 }] } });
    await writeMade(file('c.json'), { objects: [person] });
    await merge(['a.json', 'b.json']);
    const { trailer } = await verifyArchive(file('merged.json'));
    expect(trailer.dangling).to.deep.equal(dangling);
    expect(trailer.leftOut).to.deep.equal([{ model: 'm.tag', rule: 'exclude', count: 3 }]);
    await merge(['a.json', 'c.json']);
    expect((await verifyArchive(file('merged.json'))).trailer.dangling).to.deep.equal([]);
  });

  it('refuses archives that describe a model differently, and names in what', async () => {
    const of = (change: object, more: object = {}): Made => ({
      objects: [{ ...person, fields: { ...person.fields, ...more } }],
      header: { entities: { ...madeEntities, 'm.person': { ...madeEntities['m.person']!, ...change } } },
    });
    const { columns, links } = madeEntities['m.person']!;
    const { email, active } = columns;
    const unlike: Readonly<Record<string, Made>> = {
      'm.person.team: only ': {
        ...of({ columns: { email: email!, active: active! }, references: [] }),
        objects: [{ ...person, fields: { active: true, tags: [] } }],
      },
      'm.person.active: is active boolean': of(
        { columns: { ...columns, active: { name: 'active', type: 'text', kind: 'text' } } },
        { active: 'yes' },
      ),
      'm.person: is public.person': of({ table: 'people' }),
      'm.person: its key is (email)': {
        ...of({ key: ['active'] }),
        objects: [{ model: 'm.person', pk: true, fields: { email: 'a', tags: [], team: null } }],
      },
      'm.person.tags: is not the same': of({ links: { tags: { ...links['tags']!, table: 'other' } } }),
      'm.person: the reference m.person.team': of({
        references: [{ ...madeEntities['m.person']!.references[0]!, inexact: true }],
      }),
    };
    await writeMade(file('a.json'), { objects: [person] });
    for (const [told, made] of Object.entries(unlike)) {
      await writeMade(file('b.json'), made);
      for (const names of [
        ['a.json', 'b.json'],
        ['b.json', 'a.json'],
      ]) {
        const error = await merge(names).then(
          () => undefined,
          (reason: unknown) => reason as Error & { code: string },
        );
        expect(error?.code, told).to.equal('ARCHIVES_UNLIKE');
        expect(error?.message, told).to.contain(told.split(' ')[0]);
      }
    }
  });

  it('refuses a column that one archive withholds and another has, and unites what all withhold', async () => {
    const { columns } = madeEntities['m.person']!;
    const { email, team } = columns;
    const without = { ...madeEntities, 'm.person': { ...madeEntities['m.person']!, columns: { email: email!, team: team! } } };
    const secret = { entities: without, withheld: { 'm.person.active': 'secret' } } as const;
    const [one, two] = ['a', 'b'].map((pk): ArchiveObject => ({ model: 'm.person', pk, fields: { tags: [], team: null } }));
    await writeMade(file('a.json'), { objects: [one!], header: secret });
    await writeMade(file('b.json'), {
      objects: [two!],
      header: { ...secret, seeds: ['m.person.b'], follow: 'connected', policy: 'x' },
    });
    await writeMade(file('c.json'), { objects: [person] });
    const error = await merge(['c.json', 'a.json']).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).to.contain(
      `m.person.active: was withheld from ${file('a.json')}, and ${file('c.json')} has it`,
    );
    expect((await merge(['b.json', 'a.json'])).findings.map(({ kind }) => kind)).to.deep.equal([
      'source-not-told',
      'other-policy',
    ]);
    const { header } = await verifyArchive(file('merged.json'));
    expect(header.withheld).to.deep.equal(secret.withheld);
    expect(header).to.deep.include({ seeds: ['m.person.b', 'm.team.1'], follow: 'connected,owned', policy: null });
  });

  it('refuses what is damaged, changed or not closed, an output that exists, and fewer than two', async () => {
    const note: ArchiveObject = {
      model: 'm.note',
      pk: '00000000-0000-0000-0000-000000000001',
      fields: { author: 'nobody', body: null },
    };
    await writeMade(file('a.json'), { objects: [person] });
    await writeMade(file('open.json'), { objects: [note] });
    writeFileSync(file('cut.json'), bytes('a.json').slice(0, -20));
    writeFileSync(file('altered.json'), bytes('a.json').replace('true', 'null'));
    rmSync(file('merged.json'), { force: true });
    expect(await codeOf(merge(['a.json', 'open.json']))).to.equal('ARCHIVE_NOT_CLOSED');
    expect(await codeOf(merge(['a.json', 'cut.json']))).to.equal('ARCHIVE_TRUNCATED');
    expect(await codeOf(merge(['altered.json', 'a.json']))).to.equal('ARCHIVE_DAMAGED');
    expect(await codeOf(merge(['a.json']))).to.equal('USAGE');
    expect(readdirSync(folder)).not.to.include('merged.json');
    expect(await codeOf(merge(['a.json', 'a.json'], { output: file('a.json'), force: false }))).to.equal('OUTPUT_EXISTS');
    expect(await codeOf(merge(['a.json', 'a.json'], { outptu: 'x' }))).to.equal('OPTION_VALUE');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });
});
