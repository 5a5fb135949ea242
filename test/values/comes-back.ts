import { expect } from 'chai';
import type { EntitySchemaColumnOptions } from 'typeorm';
import { EntitySchema } from 'typeorm';
import type { ArchiveValue } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import type { Journey, JourneyOptions } from '../support/journey.js';
import { setOut } from '../support/journey.js';
import { inZone } from './in-zone.js';
import { moveByTypeORM } from './move-by-typeorm.js';

/** What the connections of these tests have set, so that nothing but our own settings makes the texts. */
const settings = {
  from: '-c timezone=Asia/Kathmandu -c datestyle=German,DMY -c intervalstyle=sql_standard -c extra_float_digits=-15 -c bytea_output=escape',
  to: '-c timezone=America/New_York -c datestyle=SQL,MDY -c intervalstyle=iso_8601 -c extra_float_digits=-10',
};

export interface Values {
  /** How TypeORM knows the column. */
  readonly column: Omit<EntitySchemaColumnOptions, 'primary'>;
  /** Texts as the server takes them; null is SQL NULL. */
  readonly texts: readonly (string | null)[];
  /** What the archive holds for them: the same, where it is not said. */
  readonly archived?: readonly ArchiveValue[];
  readonly dataSource?: JourneyOptions['dataSource'];
  /** Time zones of the process that exports and of the one that imports. */
  readonly zones?: readonly [from: string, to: string];
  /**
   * Whether find(), JSON and save() change one of these values, or fail: the trap is real. `set` is that they do over connections
   * with our settings of these tests, else these are the server's.
   */
  readonly byTypeORM?: 'lost' | 'lost if set' | 'kept';
}

/**
 * Fails unless the values of a column come back as they were: in the archive, inserted and written over others in another
 * database (which compares its bytes with the source's), and found to be the same there; and unless TypeORM itself would have
 * changed them.
 */
export async function comesBack(values: Values): Promise<void> {
  const { column, texts, archived, zones: [here, there] = ['UTC', 'UTC'], byTypeORM = 'lost' } = values;
  const specimen = entity('specimen', { id: { type: 'integer', primary: true }, value: { ...column, nullable: true } });
  const literals = texts.map((text, at) => `(${String(at)}, ${literal(text)})`).join(', ');
  const journey = await journeyOf(specimen, `INSERT INTO specimen VALUES ${literals}`, values.dataSource);
  const { source, target } = journey;
  try {
    const objects = await inZone(here, () => journey.export(texts.map((_, at) => `specimen.${String(at)}`)));
    expect(objects.map(({ fields }) => fields['value'])).to.deep.equal(archived ?? texts);
    const sent = `SELECT id, ${await bytesOf(source)} AS bytes FROM specimen ORDER BY id`;
    const bytes = await source.query(sent);
    await inZone(there, () => journey.import());
    expect(await target.query(sent)).to.deep.equal(bytes);
    // The same values, each in another row: all but equal neighbours have to be written over.
    await target.query(
      `UPDATE specimen SET value = (SELECT o.value FROM specimen o WHERE o.id = (specimen.id + 1) % ${String(texts.length)})`,
    );
    const moved = (await target.query(sent)).filter((row, at) => row['bytes'] !== bytes[at]?.['bytes']);
    const over = await inZone(there, () => journey.import({ onConflict: 'override' }));
    expect(over.plan.update).to.deep.equal(moved.length === 0 ? {} : { 'public.specimen': moved.length });
    expect(await target.query(sent)).to.deep.equal(bytes);
    expect((await journey.import()).plan.same).to.deep.equal({ 'public.specimen': texts.length });

    await target.query('TRUNCATE specimen');
    const way = { entity: specimen, ...(byTypeORM === 'lost if set' ? settings : {}), here, there };
    const refused = await moveByTypeORM(source, target, { ...way, parseInt8: values.dataSource?.parseInt8 });
    const kept = refused === undefined && JSON.stringify(await target.query(sent)) === JSON.stringify(bytes);
    expect(kept ? 'kept' : 'lost', `${String(column.type)} by TypeORM`).to.equal(byTypeORM === 'kept' ? 'kept' : 'lost');
  } finally {
    await journey.end();
  }
}

/** Fails unless a row with such a key is exported by it, and named by exactly that where it stands in another row's way. */
export async function comesBackAsKey({
  column,
  texts,
  archived,
  dataSource,
  zones: [here, there] = ['UTC', 'UTC'],
}: Values): Promise<void> {
  const keyed = entity('keyed', { key: { ...column, primary: true }, code: { type: 'integer', unique: true } });
  const [ours, ...others] = texts.map((text, at) => `INSERT INTO keyed VALUES (${literal(text)}, ${at === 0 ? '1' : '%'})`);
  const journey = await journeyOf(keyed, ours ?? '', dataSource);
  try {
    for (const [at, other] of others.entries()) {
      const [object] = await inZone(here, () => journey.export([`keyed.${String(texts[0])}`]));
      expect(object?.pk).to.equal((archived ?? texts)[0]);
      await journey.target.query(`TRUNCATE keyed; ${other.replace('%', '1')}`);
      const { conflicts } = await inZone(there, () => journey.import());
      expect(conflicts.map((one) => one.inTheWay)).to.deep.equal([`public.keyed.${String(texts[at + 1])}`]);
    }
  } finally {
    await journey.end();
  }
}

/** The binary form; but that of a type which is not PostgreSQL's own holds its number, which differs between databases. */
async function bytesOf(database: TestDatabase): Promise<string> {
  const [row] = await database.query(
    "SELECT atttypid < 16384 AS own FROM pg_attribute WHERE attrelid = 'specimen'::regclass AND attname = 'value'",
  );
  return row?.['own'] === true ? "encode(record_send(ROW(value)), 'hex')" : 'value::text';
}

function entity(name: string, columns: Record<string, EntitySchemaColumnOptions>): EntitySchema<object> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
  return new EntitySchema<object>({ name, tableName: name, columns });
}

function journeyOf(one: EntitySchema<object>, rows: string, dataSource: Values['dataSource']): Promise<Journey> {
  return setOut({ entities: [one], ...(dataSource === undefined ? {} : { dataSource }), settings, rows });
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`;
}
