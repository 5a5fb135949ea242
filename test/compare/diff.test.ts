import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveObject } from '../../src/archive/archive.js';
import { diffInSizes } from '../../src/compare/diff-archives.js';
import type { DifferenceLine } from '../../src/index.js';
import { diffArchives } from '../../src/index.js';
import { codeOf } from '../archive/sample-archive.js';
import { ownTemporaryFolder } from '../support/own-temporary-folder.js';
import { madeEntities, madeOrder, nameOf, writeMade } from './made-archive.js';
import { closed, otherPk, randomWorld, redirected } from './random-objects.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 50);

type Objects = readonly ArchiveObject[];

/** What a naive comparison of two sets of objects gives: names, and for those in both the members that differ. */
function expected(a: Objects, b: Objects): ReadonlyMap<string, string> {
  const [mine, theirs] = [a, b].map((all) => new Map(all.map((object) => [nameOf(object), object])));
  const found = new Map<string, string>();
  for (const [name, object] of mine!) {
    const other = theirs!.get(name);
    if (other === undefined) found.set(name, 'delete');
    else {
      const members = Object.keys(object.fields).filter(
        (key) => JSON.stringify(object.fields[key]) !== JSON.stringify(other.fields[key]),
      );
      if (members.length > 0) found.set(name, `update ${members.sort().join()}`);
    }
  }
  for (const name of theirs!.keys()) if (!mine!.has(name)) found.set(name, 'insert');
  return new Map([...found].sort());
}

function told(lines: readonly DifferenceLine[]): ReadonlyMap<string, string> {
  return new Map(
    lines
      .map(({ object, decision, columns, links = {} }): [string, string] => [
        object,
        decision === 'update' ? `update ${[...columns, ...Object.keys(links)].sort().join()}` : decision,
      ])
      .sort(),
  );
}

const mirrored: Readonly<Record<string, string>> = { insert: 'delete', delete: 'insert' };
const orders = fc.constantFrom(madeOrder, [...madeOrder].reverse(), ['m.note', 'm.tag', 'm.team', 'm.person'] as const);

describe('diffArchives', function () {
  this.timeout(180_000);
  const temporaryFiles = ownTemporaryFolder();
  const file = (name: string): string => join(tmpdir(), name);

  it(`finds what differs and nothing else, in whatever order models stand, and mirrored (${String(runs)} runs)`, async function () {
    this.timeout(runs * 5000);
    const extensions = fc.constantFrom('json', 'jsonl', 'json.gz');
    await fc.assert(
      fc.asyncProperty(
        randomWorld,
        randomWorld,
        fc.array(fc.boolean(), { maxLength: 20 }),
        orders,
        orders,
        extensions,
        async (a, other, keep, orderA, orderB, extension) => {
          // Most objects of the second are those of the first.
          const b = closed([...other, ...a].filter((_, at) => keep[at] ?? true));
          const [one, two] = [file(`a.${extension}`), file('b.json')];
          await writeMade(one, { objects: a, header: { order: orderA } });
          await writeMade(two, { objects: b, header: { order: orderB } });
          const there = await diffArchives({ a: one, b: two, plan: file('plan') });
          const wanted = expected(a, b);
          expect(told(there.differences)).to.deep.equal(wanted);
          expect(there.status).to.equal(wanted.size === 0 ? 'same' : 'different');
          const [head, ...lines] = readFileSync(file('plan'), 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as DifferenceLine);
          expect(head).to.have.keys(['archive', 'against', 'options']);
          expect(lines).to.deep.equal(there.differences);
          const back = await diffArchives({ a: two, b: one });
          expect(told(back.differences)).to.deep.equal(
            new Map([...told(there.differences)].map(([name, what]) => [name, mirrored[what] ?? what])),
          );
          for (const line of back.differences) {
            const forth = there.differences.find(({ object }) => object === line.object);
            for (const [member, { insert, delete: gone }] of Object.entries(line.links ?? {}))
              expect(forth?.links?.[member]).to.deep.equal({ insert: gone, delete: insert });
          }
          expect((await diffArchives({ a: one, b: one })).differences).to.deep.equal([]);
          expect(temporaryFiles().filter((name) => name.includes('portolan-spool'))).to.deep.equal([]);
        },
      ),
      { numRuns: runs, endOnFailure: false },
    );
  });

  it(`follows an id map: keys, references and links, sorted in pieces (${String(runs)} runs)`, async function () {
    this.timeout(runs * 5000);
    await fc.assert(
      fc.asyncProperty(
        randomWorld,
        fc.array(fc.nat(9), { maxLength: 3 }),
        fc.constantFrom(1, 300, 1 << 20),
        async (a, unknown, size) => {
          const moved = new Map(a.map((object) => [nameOf(object), { ...object, pk: otherPk(object) }]));
          const b = a.map((object) => redirected(object, moved));
          const unmapped = new Set(unknown.flatMap((at) => (a[at] === undefined ? [] : [nameOf(a[at])])));
          await writeMade(file('a.json'), { objects: a });
          await writeMade(file('b.json'), { objects: b });
          const map = a.flatMap((object, at) =>
            unmapped.has(nameOf(object)) ? [] : [JSON.stringify({ from: nameOf(object), to: nameOf(b[at]!), decision: 'remap' })],
          );
          writeFileSync(file('map'), map.map((line) => `${line}\n`).join(''));
          const result = await diffInSizes({ a: file('a.json'), b: file('b.json'), idMap: [file('map')] }, size);
          const names = new Map(a.map((object, at) => [nameOf(object), nameOf(b[at]!)]));
          const wanted = new Map<string, string>();
          for (const object of a) {
            const name = nameOf(object);
            if (unmapped.has(name)) {
              wanted.set(name, 'delete');
              wanted.set(`${names.get(name)!} there`, 'insert');
              continue;
            }
            const { lead, team, author, tags } = object.fields;
            const members = Object.entries({ lead: ['m.person', lead], team: ['m.team', team], author: ['m.person', author] })
              .filter(
                ([, [model, pk]]) =>
                  pk !== null && pk !== undefined && unmapped.has(nameOf({ model: model as string, pk: pk as string })),
              )
              .map(([member]) => member);
            if (Array.isArray(tags) && tags.some((pk: ArchiveObject['pk']) => unmapped.has(nameOf({ model: 'm.tag', pk }))))
              members.push('tags');
            if (members.length > 0) wanted.set(name, `update ${members.sort().join()}`);
          }
          const found = new Map(
            [...result.differences].map((line): [string, string] => {
              const [[name, what] = ['', '']] = told([line]);
              return [what === 'insert' ? `${name} there` : name, what];
            }),
          );
          expect(new Map([...found].sort())).to.deep.equal(new Map([...wanted].sort()));
        },
      ),
      { numRuns: runs, endOnFailure: false },
    );
  });

  it('follows an id map only where a declared reference holds', async () => {
    const [reference] = madeEntities['m.note']!.references;
    const when = { column: 'body', value: 'of a person' };
    const entities = { ...madeEntities, 'm.note': { ...madeEntities['m.note']!, references: [{ ...reference!, when }] } };
    const objects = (author: string, person: string): Objects => [
      { model: 'm.person', pk: person, fields: { active: true, tags: [], team: null } },
      ...[when.value, 'of a place'].map((body, at) => ({
        ...{ model: 'm.note', pk: `00000000-0000-0000-0000-00000000000${String(at)}` },
        fields: { author: at === 0 ? author : 'a', body },
      })),
    ];
    await writeMade(file('a.json'), { objects: objects('a', 'a'), header: { entities } });
    await writeMade(file('b.json'), { objects: objects('z', 'z'), header: { entities } });
    const same = objects('a', 'a')
      .slice(1)
      .map((object) => [nameOf(object), nameOf(object)]);
    const lines = [['m.person.a', 'm.person.z'], ...same].map(([from, to]) => JSON.stringify({ from, to, decision: 'remap' }));
    writeFileSync(file('map'), lines.join('\n'));
    const { differences } = await diffArchives({ a: file('a.json'), b: file('b.json'), idMap: [file('map')] });
    expect(differences).to.deep.equal([]);
  });

  it('tells what was withheld from one of them, and what only one schema has', async () => {
    const { columns } = madeEntities['m.team']!;
    const entities = {
      ...madeEntities,
      'm.team': { ...madeEntities['m.team']!, columns: { id: columns['id']!, lead: columns['lead']! } },
    };
    const team = (fields: ArchiveObject['fields']): Objects => [{ model: 'm.team', pk: 1, fields }];
    await writeMade(file('a.json'), { objects: team({ lead: null, size: 1 }) });
    await writeMade(file('b.json'), {
      objects: team({ lead: null }),
      header: { entities, withheld: { 'm.team.size': 'secret' } },
    });
    await writeMade(file('c.json'), { objects: team({ lead: null }), header: { entities } });
    const withheld = await diffArchives({ a: file('a.json'), b: file('b.json') });
    expect(withheld.status).to.equal('same');
    expect(withheld.findings.map(({ kind, on }) => [kind, on])).to.deep.equal([['withheld-in-one', 'm.team.size']]);
    expect(await codeOf(diffArchives({ a: file('b.json'), b: file('a.json'), strict: true }))).to.equal('STRICT');
    const { status, schema, differences } = await diffArchives({ a: file('c.json'), b: file('a.json') });
    expect([status, schema.length, differences]).to.deep.equal(['different', 1, []]);
    const other = {
      ...madeEntities,
      'm.team': { ...madeEntities['m.team']!, columns: { ...columns, id: { ...columns['id']!, kind: 'text' as const } } },
    };
    await writeMade(file('d.json'), {
      objects: team({ lead: null, size: 1 }).map((object) => ({ ...object, pk: 'x' })),
      header: { entities: other },
    });
    expect(await codeOf(diffArchives({ a: file('a.json'), b: file('d.json') }))).to.equal('ARCHIVES_UNLIKE');
  });
});
