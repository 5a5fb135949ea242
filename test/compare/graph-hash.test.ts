import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveObject } from '../../src/archive/archive.js';
import { graphHash } from '../../src/index.js';
import { codeOf } from '../archive/sample-archive.js';
import type { Made } from './made-archive.js';
import { madeOrder, nameOf, writeMade } from './made-archive.js';
import { altered, otherPk, randomWorld, redirected } from './random-objects.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 50);

describe('graphHash', function () {
  this.timeout(180_000);
  let folder: string;
  const hashOf = async (made: Made): Promise<string> => {
    await writeMade(join(folder, 'archive.json'), made);
    return graphHash(join(folder, 'archive.json'));
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-hash-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it(`is the same under other keys and in another order, and another where anything differs (${String(runs)} runs)`, async function () {
    this.timeout(runs * 5000);
    await fc.assert(
      fc.asyncProperty(randomWorld, fc.nat(20), async (world, place) => {
        const hash = await hashOf({ objects: world });
        expect(hash).to.match(/^[\da-f]{64}$/u);
        const moved = new Map(world.map((object) => [nameOf(object), { ...object, pk: otherPk(object) }]));
        const other = world.map((object) => redirected(object, moved));
        expect(await hashOf({ objects: other, header: { order: [...madeOrder].reverse() } })).to.equal(hash);
        const one = world[place % world.length]!;
        const changed = world.map((object) => (object === one ? altered(object) : object));
        expect(await hashOf({ objects: changed })).to.not.equal(hash);
        const teams = world.filter(({ model }) => model === 'm.team');
        const person = world.find(({ model, fields }) => model === 'm.person' && fields['team'] !== null);
        const own = teams.find(({ pk }) => pk === person?.fields['team']);
        const another = teams.find(({ fields }) => fields['size'] !== own?.fields['size']);
        if (person === undefined || own === undefined || another === undefined) return;
        const relinked = world.map((object) =>
          object === person ? { ...object, fields: { ...object.fields, team: another.pk as number } } : object,
        );
        expect(await hashOf({ objects: relinked })).to.not.equal(hash);
      }),
      { numRuns: runs, endOnFailure: false },
    );
  });

  const team = (pk: number, lead: string | null): ArchiveObject => ({ model: 'm.team', pk, fields: { lead, size: 1 } });
  const person = (pk: string, own: number | null): ArchiveObject => ({
    model: 'm.person',
    pk,
    fields: { active: true, tags: [], team: own },
  });

  it('tells two circles of two from one of four, which look the same from each object, apart by what hangs on them', async () => {
    const circles = [team(1, 'a'), person('a', 1), team(2, 'b'), person('b', 2)];
    const circle = [team(1, 'a'), person('a', 2), team(2, 'b'), person('b', 1)];
    const note: ArchiveObject = {
      model: 'm.note',
      pk: '00000000-0000-0000-0000-000000000001',
      fields: { author: 'a', body: null },
    };
    expect(await hashOf({ objects: [...circles, note] })).to.not.equal(await hashOf({ objects: [...circle, note] }));
  });

  it('knows what stayed at home by its natural key, else by its key', async () => {
    const objects = (pk: string): readonly ArchiveObject[] => [team(1, pk)];
    const external = (pk: string, naturalKey: Readonly<Record<string, boolean>>): Made['trailer'] => ({
      external: [{ model: 'm.person', pk, naturalKey }],
    });
    const of = (pk: string, naturalKey: Readonly<Record<string, boolean>>): Promise<string> =>
      hashOf({ objects: objects(pk), trailer: external(pk, naturalKey)! });
    expect(await of('a', { active: true })).to.equal(await of('b', { active: true }));
    expect(await of('a', { active: true })).to.not.equal(await of('a', { active: false }));
    expect(await of('a', {})).to.not.equal(await of('b', {}));
  });

  it('stays what it is from version to version', async () => {
    const objects = [team(1, 'a'), team(7, null), person('a', 7), person('b', 7)];
    expect(await hashOf({ objects })).to.equal('c562c8ce42cbcf279f8525c6fed40baa852fec586ee44c0e98bcfb99a8573317');
  });

  it('refuses a damaged archive', async () => {
    await writeMade(join(folder, 'bad.json'), { objects: [person('a', 9)], trailer: { total: 2 } });
    expect(await codeOf(graphHash(join(folder, 'bad.json')))).to.equal('ARCHIVE_DAMAGED');
  });
});
