import { join } from 'node:path';
import { expect } from 'chai';
import { ChildEntity, Column, DataSource, Entity, JoinColumn, ManyToOne, PrimaryColumn, TableInheritance } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { projectRoot } from '../../demo-app/project-root.js';
import type { Converter, Policy } from '../../src/index.js';
import { diffDatabase, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

/** Archives that were written before the schema became what it is: they must import for ever. */
const archive = (name: string): string => join(projectRoot(), 'test', 'convert', 'older-schemas', name);

/** From the first schema of the library to the second, and from there to today's. */
const converters: readonly Converter[] = [
  {
    from: {
      'auth.User': 'ef552567087cfe20',
      'demoapp.Book': '0432fb632e89c0a8',
      'demoapp.BookInstance': 'f50dd060ca1b8824',
      'demoapp.Category': '49c8782955ba65e8',
      'demoapp.Writer': '195b755f66966d83',
    },
    models: {
      'demoapp.Writer': {
        renameTo: 'demoapp.Author',
        columns: { name: { split: { firstName: "split_part(name, '|', 1)", last_name: "split_part(name, '|', 2)" } } },
      },
      'demoapp.Category': { renameTo: 'demoapp.Genre' },
      'demoapp.Book': {
        columns: {
          writer: { rename: 'author' },
          categories: { rename: 'genre' },
          isbnNumber: { rename: 'isbn', using: "lpad(isbn_number::text, 13, '0')" },
        },
      },
      'demoapp.BookInstance': {
        columns: {
          due: { rename: 'due_back', using: "to_date(due, 'DD.MM.YYYY')" },
          status: { using: "CASE status WHEN 'on loan' THEN 'o' ELSE left(replace(status, 'maintenance', 'd'), 1) END" },
        },
      },
      'auth.User': { columns: { nickname: { drop: true }, secret: { rename: 'password' } } },
    },
  },
  {
    from: { 'auth.User': 'beded94328b4402d', 'demoapp.Book': 'ed765812f4d5b5dc' },
    models: {
      'demoapp.Book': { columns: { heading: { rename: 'title' } } },
      'auth.User': { columns: { deactivated: { split: { is_active: 'NOT deactivated' } } }, defaults: { isSuperuser: false } },
    },
  },
];

describe('committed archives of older schemas', () => {
  describe('of the library', () => {
    let target: TestDatabase;
    let library: DataSource;

    beforeEach(async () => {
      target = await createDatabase({ sql: librarySchema });
      library = await libraryDataSource(target.url).initialize();
    });

    afterEach(async () => {
      await library.destroy();
      await target.drop();
    });

    for (const version of [1, 2, 3]) {
      it(`of version ${String(version)} become today's`, async () => {
        const policy: Policy = { converters };
        const { status, plan } = await importObjects(library, { archive: archive(`library-${String(version)}.json`), policy });
        expect(status).to.equal('done');
        expect(plan.insert).to.deep.equal({
          ...{ 'auth.user': 3, 'demoapp.author': 2, 'demoapp.book': 2 },
          ...{ 'demoapp.bookinstance': 7, 'demoapp.genre': 4, 'demoapp.language': 2 },
        });
        const compared = await diffDatabase(library, { archive: archive('library-3.json') });
        expect(compared.differences).to.deep.equal([]);
        expect(compared.status).to.equal('same');
        const passwords = await target.query('SELECT DISTINCT length(password) AS length FROM auth_user');
        expect(passwords, 'withheld by another name').to.deep.equal([{ length: 22 }]);
      });
    }

    it('are refused where one of the converters is missing', async () => {
      for (const left of [[], converters.slice(0, 1), converters.slice(1)]) {
        const error = await failureOf(
          importObjects(library, { archive: archive('library-1.json'), policy: { converters: left } }),
        );
        expect(error).to.include({ code: 'SCHEMA_DRIFT', exitCode: 3 });
      }
      expect(await target.query('SELECT 1 FROM demoapp_book')).to.deep.equal([]);
    });
  });

  it('with keys of several columns and a table of several entities become those of today', async () => {
    const sql = `CREATE TABLE fleet_vehicle (station text, number int, type varchar NOT NULL, payload int, seats int, PRIMARY KEY (station, number));
      CREATE TABLE fleet_trip (station text, number int, day date, driver text NOT NULL, PRIMARY KEY (station, number, day),
        FOREIGN KEY (station, number) REFERENCES fleet_vehicle)`;
    const target = await createDatabase({ sql });
    const fleet = await new DataSource({ type: 'postgres', url: target.url, entities: [Vehicle, Truck, Bus, Trip] }).initialize();
    const keys = { depot: { rename: 'station' }, no: { rename: 'number' } };
    const policy: Policy = {
      converters: [
        {
          from: { Vehicle: { depot: 'text', station: false }, Trip: { driver: true } },
          models: {
            Vehicle: {
              columns: {
                ...keys,
                kind: { rename: 'type', using: "replace(kind, 'lorry', 'truck')" },
                load: { rename: 'payload', using: 'load * 1000' },
              },
            },
            Trip: { columns: { ...keys, driver: { using: "coalesce(driver, 'nobody, on ' || day)" } } },
          },
        },
      ],
    };
    try {
      const options = { archive: archive('fleet-1.json'), policy };
      expect((await importObjects(fleet, options)).status).to.equal('done');
      expect(await target.query('SELECT * FROM fleet_vehicle ORDER BY 1, 2')).to.deep.equal([
        { station: 'north, east', number: 2, type: 'truck', payload: 7000, seats: null },
        { station: 'north, east', number: 10, type: 'bus', payload: null, seats: 40 },
        { station: 'south', number: 1, type: 'truck', payload: null, seats: null },
      ]);
      expect(await target.query('SELECT station, number, day::text, driver FROM fleet_trip ORDER BY day')).to.deep.equal([
        { station: 'north, east', number: 2, day: '2019-03-31', driver: 'nobody, on 2019-03-31' },
        { station: 'north, east', number: 10, day: '2019-04-01', driver: 'Ada' },
        { station: 'south', number: 1, day: '2019-12-24', driver: 'Bo' },
      ]);
      expect((await importObjects(fleet, options)).plan.same).to.deep.equal({ 'fleet.vehicle': 3, 'fleet.trip': 3 });
      const [truck] = await fleet.getRepository(Truck).find({ order: { number: 'DESC' } });
      expect(truck).to.include({ station: 'north, east', number: 2, payload: 7000 });
    } finally {
      await fleet.destroy();
      await target.drop();
    }
  });
});

@Entity('fleet_vehicle')
@TableInheritance({ column: { type: 'varchar', name: 'type' } })
class Vehicle {
  @PrimaryColumn('text') station!: string;
  @PrimaryColumn('int') number!: number;
}

@ChildEntity('truck')
class Truck extends Vehicle {
  @Column('int', { nullable: true }) payload!: number | null;
}

@ChildEntity('bus')
class Bus extends Vehicle {
  @Column('int', { nullable: true }) seats!: number | null;
}

@Entity('fleet_trip')
class Trip {
  @PrimaryColumn('text') station!: string;
  @PrimaryColumn('int') number!: number;
  @PrimaryColumn('date') day!: string;
  @Column('text') driver!: string;
  @ManyToOne(() => Vehicle)
  @JoinColumn([
    { name: 'station', referencedColumnName: 'station' },
    { name: 'number', referencedColumnName: 'number' },
  ])
  vehicle!: Vehicle;
}
