import { expect } from 'chai';
import { Column, Entity, PrimaryColumn, Tree, TreeChildren, TreeParent } from 'typeorm';
import type { ImportOptions } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Journey } from '../support/journey.js';
import { setOut } from '../support/journey.js';

@Entity()
@Tree('nested-set')
class Unit {
  @PrimaryColumn('int') id!: number;
  @Column('text', { default: '' }) name!: string;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

/** 7 ( 70 ( 700 ) 71 ) */
const rows = `INSERT INTO unit (id, "parentId", nsleft, nsright) VALUES (7, NULL, 1, 8), (70, 7, 2, 5), (700, 70, 3, 4), (71, 7, 6, 7)`;

describe('a nested set', () => {
  let journey: Journey;

  beforeEach(async () => {
    journey = await setOut({ entities: [Unit], rows });
  });

  afterEach(() => journey.end());

  /** Models whose numbers are told to overlap after the import of a unit into a table that holds others. */
  async function told(there: string, options: Partial<ImportOptions> = {}, seed = '7'): Promise<readonly string[]> {
    if (there !== '') await journey.target.query(`INSERT INTO unit (id, "parentId", nsleft, nsright) VALUES ${there}`);
    await journey.export([`unit.${seed}`]);
    const { status, findings } = await journey.import(options);
    expect(status).to.equal(options.dryRun === true ? 'planned' : 'done');
    return findings.flatMap(({ kind, on, severity }) => (kind === 'nested-set-overlaps' ? [`${severity} ${on}`] : []));
  }

  const overlap = ['warning public.unit'];

  for (const [what, there] of [
    ['with the same numbers', '(1, NULL, 1, 2)'],
    ['whose numbers cross its own', '(1, NULL, 0, 0 + 9), (2, 1, 10, 11)'],
    ['around it', '(1, NULL, 0, 9)'],
    ['within it', '(1, NULL, 21, 30), (2, 1, 22, 23)'],
  ] as const) {
    it(`that comes to another tree ${what} is told: TypeORM takes rows of one for rows of the other`, async () => {
      if (what === 'within it') await journey.source.query('UPDATE unit SET nsleft = 20, nsright = 40 WHERE id = 7');
      expect(await told(there)).to.deep.equal(overlap);
    });
  }

  it('that stands within its parent by no number is told', async () => {
    expect(await told('(7, NULL, 1, 8), (71, 7, 6, 7)', {}, '70')).to.deep.equal([]);
    await journey.source.query('UPDATE unit SET nsleft = nsleft + 10, nsright = nsright + 10 WHERE id IN (70, 700)');
    await journey.target.query('DELETE FROM unit WHERE id IN (70, 700)');
    expect(await told('', {}, '70')).to.deep.equal(overlap);
  });

  it('that comes into an empty table, beside another tree or to its own is not told', async () => {
    expect(await told('')).to.deep.equal([]);
    await journey.target.query('TRUNCATE unit');
    expect(await told('(1, NULL, 9, 12), (2, 1, 10, 11)')).to.deep.equal([]);
    await journey.target.query('DELETE FROM unit WHERE id IN (70, 700)');
    expect(await told('')).to.deep.equal([]);
  });

  it('that overlaps is told in a dry run too, refused under --strict, and not told where nothing is written', async () => {
    expect(await told('(1, NULL, 1, 2)', { dryRun: true })).to.deep.equal(overlap);
    expect(await failureOf(journey.import({ strict: true }))).to.include({ code: 'STRICT', exitCode: 3 });
    expect(await told('')).to.deep.equal(overlap);
    expect(await told('')).to.deep.equal([]);
  });

  it('that override moves into another is told', async () => {
    const there = '(7, NULL, 11, 18), (70, 7, 12, 15), (700, 70, 13, 14), (71, 7, 16, 17), (1, NULL, 1, 2)';
    expect(await told(there, { onConflict: 'override' })).to.deep.equal(overlap);
  });

  it('gets numbers behind those of other trees where it gets other keys, and keeps its shape', async () => {
    const place = `SELECT id, nsleft, nsright FROM unit ORDER BY nsleft`;
    for (const there of ['(7, NULL, 1, 2)', '(7, NULL, 5, 6), (1, NULL, 20, 21)']) {
      await journey.target.query('TRUNCATE unit');
      expect(await told(there, { onConflict: 'remap', offset: 100 })).to.deep.equal([]);
      const rows = (await journey.target.query(place)).slice(-4);
      const [first] = rows;
      const by = Number(first?.['nsleft']) - 1;
      expect(by).to.be.greaterThan(there.includes('21') ? 20 : 1);
      const shape = rows.map(({ id, nsleft, nsright }) => [id, Number(nsleft) - by, Number(nsright) - by]);
      expect(shape).to.deep.equal([...[[107, 1, 8]], ...[[70, 2, 5]], ...[[700, 3, 4]], ...[[71, 6, 7]]]);
    }
  });

  it('is refused under remap where it comes into another tree, whose numbers no shift can give', async () => {
    const there = '(7, NULL, 1, 8), (72, 7, 2, 7)';
    const refused = await failureOf(told(there, { onConflict: 'remap', offset: 100 }, '70'));
    expect(refused).to.include({ code: 'NESTED_SET_OVERLAPS', exitCode: 3 });
    expect(await journey.target.query('SELECT count(*)::int AS count FROM unit')).to.deep.equal([{ count: 2 }]);
  });

  it('that was in disorder before is told, not refused', async () => {
    const there = '(1, NULL, 1, 4), (2, NULL, 3, 6), (7, NULL, 9, 10)';
    expect(await told(there, { onConflict: 'remap', offset: 100 })).to.deep.equal(overlap);
  });
});
