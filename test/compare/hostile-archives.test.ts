import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveEntity, ArchiveHeader, ExternalObject } from '../../src/archive/archive.js';
import { diffArchives, graphHash, mergeArchives, verifyArchive } from '../../src/index.js';
import { codeOf } from '../archive/sample-archive.js';
import type { Made } from './made-archive.js';
import { madeEntities, writeMade } from './made-archive.js';

const entity = (change: Partial<ArchiveEntity> = {}): ArchiveEntity => ({
  ...madeEntities['m.team']!,
  references: [],
  ...change,
});
const team = (model: string, pk = 1): Made['objects'][number] => ({ model, pk, fields: { lead: null, size: 1 } });
const names = ['__proto__', 'constructor', 'toString', 'a.b', 'a.b.c'];

/** What a program wrote that means no good, or by mistake: sealed as it should be. */
describe('hostile archives', function () {
  this.timeout(180_000);
  let folder: string;
  let file: (name: string) => string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-hostile-'));
    file = (name) => join(folder, name);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** The codes of a comparison, a merger and a digest: `accepted`, or a foreseen refusal. */
  async function outcomes(a: Made, b: Made): Promise<readonly string[]> {
    await writeMade(file('a.json'), a);
    await writeMade(file('b.json'), b);
    const found = [
      await codeOf(diffArchives({ a: file('a.json'), b: file('b.json') })),
      await codeOf(mergeArchives({ archives: [file('a.json'), file('b.json')], output: file('c.json'), force: true })),
      await codeOf(graphHash(file('a.json'))),
    ];
    if (found[1] === 'accepted') await verifyArchive(file('c.json'));
    return found;
  }

  const header = (entities: Readonly<Record<string, ArchiveEntity>>, order = Object.keys(entities)): Partial<ArchiveHeader> => ({
    entities,
    order,
  });

  it('may call a model as JavaScript calls its own', async () => {
    const entities = Object.fromEntries(names.map((name) => [name, entity()]));
    const all = { objects: names.map((name) => team(name)), header: header(entities) };
    const one = { objects: [team('__proto__', 2)], header: header(Object.fromEntries([['__proto__', entity()]])) };
    expect(await outcomes(all, one)).to.deep.equal(['accepted', 'accepted', 'accepted']);
    const { objects } = await diffArchives({ a: file('a.json'), b: file('b.json') });
    expect(Object.entries(objects.delete)).to.deep.equal(names.map((name) => [name, 1]).sort());
    expect(Object.entries(objects.insert)).to.deep.equal([['__proto__', 1]]);
  });

  it('may refer and link to models, columns and keys that it does not describe', async () => {
    const reference = { name: 'r', columns: ['lead_id'], parent: 'constructor', parentColumns: ['nothing'] };
    const link = { model: 'toString', schema: 's', table: 't', ownerColumns: [], inverseColumns: [] };
    for (const change of [
      { references: [reference] },
      { references: [{ ...reference, parent: 'm.team', parentColumns: ['id', 'id'] }] },
      { references: [{ ...reference, parent: 'm.team', columns: ['none'], parentColumns: ['id'] }] },
      { references: [{ ...reference, when: { column: 'none', value: 'x' } }] },
      { links: { list: link } },
    ]) {
      const made = (pk: number): Made => ({
        objects: [{ ...team('m.team', pk), fields: { lead: 'a', size: 1, ...('links' in change ? { list: [] } : {}) } }],
        header: header({ 'm.team': entity(change) }),
      });
      for (const code of await outcomes(made(1), made(2))) expect(code).to.be.oneOf(['accepted', 'ARCHIVE_NOT_CLOSED']);
    }
  });

  it('may tell of external objects and dangling references that make no sense', async () => {
    const external: readonly ExternalObject[] = [
      { model: 'constructor', pk: 1, naturalKey: {} },
      { model: 'm.team', pk: 'no integer', naturalKey: { valueOf: 'x' } },
      { model: 'm.team', pk: 1, naturalKey: { size: 1, none: 'x' } },
    ];
    const trailer = { external, dangling: [{ object: '__proto__', reference: 'constructor' }] };
    const made: Made = { objects: [team('m.team')], header: header({ 'm.team': entity() }), trailer };
    expect(await outcomes(made, { ...made, trailer: {} })).to.deep.equal(['accepted', 'accepted', 'accepted']);
  });
});
