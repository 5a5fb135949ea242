import { expect } from 'chai';
import { Column, Entity, EntitySchema, PrimaryColumn, ViewColumn, ViewEntity } from 'typeorm';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

@Entity('event')
class Event {
  @PrimaryColumn() id!: number;
  @PrimaryColumn() day!: string;
}

@Entity('lone_partition')
class LonePartition {
  @PrimaryColumn() id!: number;
}

@Entity('gone')
class Gone {
  @PrimaryColumn() id!: number;
}

@Entity('keyless')
class Keyless {
  @PrimaryColumn() a!: number;
  @Column() b!: string;
}

@ViewEntity({ name: 'event_view', expression: 'SELECT 1 AS id' })
class EventView {
  @ViewColumn() id!: number;
}

const sql = `
  CREATE TABLE place (id int PRIMARY KEY, city int);
  CREATE TABLE event (id int, day text, place int REFERENCES place, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
  CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
  CREATE TABLE event_b (x int, day text NOT NULL, place int, id int NOT NULL); ALTER TABLE event_b DROP COLUMN x;
  ALTER TABLE event ATTACH PARTITION event_b FOR VALUES IN ('b');
  CREATE TABLE visit (id int PRIMARY KEY, event int, day text, FOREIGN KEY (event, day) REFERENCES event);
  CREATE TABLE visit_b (id int PRIMARY KEY, event int, day text, FOREIGN KEY (event, day) REFERENCES event_b);
  CREATE TABLE whole (id int PRIMARY KEY) PARTITION BY RANGE (id);
  CREATE TABLE lone_partition PARTITION OF whole FOR VALUES FROM (0) TO (10);
  CREATE VIEW event_view AS SELECT 1 AS id;
  CREATE TABLE keyless (a int, b text, c int NOT NULL, d int NOT NULL, e int REFERENCES place);
  CREATE UNIQUE INDEX keyless_lower ON keyless (lower(b));
  CREATE TABLE unique_only (a int NOT NULL, b int NOT NULL, c int UNIQUE, p int REFERENCES place, UNIQUE (a, b));
  CREATE TABLE nothing (a int, p int REFERENCES place); CREATE UNIQUE INDEX ON nothing (a) WHERE a > 1;
  CREATE TABLE unrelated (id int PRIMARY KEY); CREATE TABLE migrations (id int PRIMARY KEY, name text);
  CREATE TABLE named (id int PRIMARY KEY, code text NOT NULL UNIQUE, nullable text UNIQUE, place int UNIQUE REFERENCES place, token text NOT NULL UNIQUE);
  CREATE TABLE lonely (id int PRIMARY KEY, place int UNIQUE REFERENCES place);
  CREATE TABLE base (id int PRIMARY KEY, p int REFERENCES place); CREATE TABLE heir () INHERITS (base);
  CREATE TABLE "later heir" () INHERITS (heir); CREATE TABLE second (id int PRIMARY KEY, p int REFERENCES place); CREATE TABLE taken_heir (PRIMARY KEY (id), FOREIGN KEY (p) REFERENCES place) INHERITS (second);
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER before_place BEFORE INSERT ON place FOR EACH ROW EXECUTE FUNCTION f();
  CREATE TRIGGER off_place BEFORE INSERT ON place FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE place DISABLE TRIGGER off_place;
  CREATE TRIGGER delete_place AFTER DELETE ON place FOR EACH ROW EXECUTE FUNCTION f();
  CREATE UNIQUE INDEX place_parts ON place ((city + 1), id) WHERE city > 0;`;

describe('tables', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ before: sql, entities: [Event, LonePartition, Gone, Keyless, EventView], synchronize: false });
  });
  after(() => chart?.close());

  it('that are partitioned stand for their partitions', () => {
    const tables = [...chart.schema.entities.values()].map((entity) => entity.table.name);
    expect(tables).to.include('event').and.not.to.include.members(['event_a', 'event_b']);
    expect(chart.names('public.event')).to.deep.equal(['public.event.place']);
    expect(chart.reference('public.visit.event+day')).to.include({ parent: 'public.event', direct: true });
    expect(chart.reference('public.visit.event+day').constraint?.validated).to.equal(true);
  });

  it('that reference one partition reference the whole, without a promise', () => {
    const reference = chart.reference('public.visit_b.event+day');
    expect(reference.parent).to.equal('public.event');
    expect(reference.constraint?.validated).to.equal(false);
  });

  it('that are a mapped partition stand for themselves where the whole takes no part', () => {
    expect(chart.entity('public.lonepartition').table.name).to.equal('lone_partition');
  });

  it('that are views never leave, and are reported', () => {
    expect(chart.found('view')).to.deep.equal(['public.event_view']);
    expect([...chart.schema.entities.keys()]).not.to.include('public.eventview');
  });

  it('that no entity maps take part where foreign keys lead to them, others do not', () => {
    const models = [...chart.schema.entities.keys()];
    expect(models).to.include.members(['public.place', 'public.visit', 'public.named']);
    expect(models).not.to.include.members(['public.unrelated', 'public.migrations']);
    expect(chart.found('unknown-table')).to.include('public.place');
    expect(chart.entity('public.place').known).to.equal(false);
  });

  it('that the policy names take part', async () => {
    const schema = await chart.under({ models: { unrelated: { app: 'site' } } });
    expect([...schema.entities.keys()]).to.include('site.unrelated');
  });

  it('that are mapped and missing are a warning', () => {
    expect(chart.found('missing-table')).to.deep.equal(['public.gone']);
    expect(chart.findings.warnings.map((one) => one.kind)).to.include('missing-table');
  });

  it('without a primary key go by what the metadata says, else by a plain unique index, else by the policy', async () => {
    expect(chart.entity('public.keyless').key).to.deep.equal(['a']);
    expect(chart.found('key-not-enforced')).to.deep.equal(['public.keyless']);
    expect(chart.entity('public.unique_only').key).to.deep.equal(['a', 'b']);
    expect(chart.entity('public.nothing').key).to.deep.equal([]);
    expect(chart.found('no-key')).to.deep.equal(['public.nothing']);
    const schema = await chart.under({ models: { nothing: { key: ['a'] }, Keyless: { key: ['c', 'd'] } } });
    expect(schema.entities.get('public.nothing')?.key).to.deep.equal(['a']);
    expect(schema.entities.get('public.keyless')?.key).to.deep.equal(['c', 'd']);
  });

  it('have no natural key that is nothing but a reference which can be NULL', () => {
    expect(chart.entity('public.lonely').naturalKey).to.deep.equal([]);
  });

  it('have a natural key that is neither nullable nor a reference nor withheld, where there is one', async () => {
    expect(chart.entity('public.named').naturalKey).to.deep.equal(['code']);
    const schema = await chart.under({ models: { named: { naturalKey: ['nullable'] } } });
    expect(schema.entities.get('public.named')?.naturalKey).to.deep.equal(['nullable']);
  });

  it('tell their unique constraints, those over expressions and parts of the rows too', () => {
    const parts = chart.entity('public.place').uniques.find((one) => one.name === 'place_parts');
    expect(parts).to.deep.include({ columns: [], parts: ['(city + 1)', 'id'], predicate: 'city > 0', primary: false });
    expect(chart.entity('public.place').uniques.find((one) => one.primary)?.columns).to.deep.equal(['id']);
  });

  it('tell the triggers that fire when rows are written', () => {
    expect(chart.entity('public.place').triggers).to.deep.equal(['before_place']);
  });

  it('that others inherit from are a warning where these take no part', () => {
    expect(chart.found('inherited-table')).to.deep.equal(['public.base']);
    const reason = chart.findings.all.find(({ kind }) => kind === 'inherited-table')?.reason;
    expect(reason).to.match(/: public\.heir, public\.later heir$/u);
    expect(chart.entity('public.taken_heir').columns.map(({ name }) => name)).to.deep.equal(['id', 'p']);
  });

  it('are read in the same number of queries however many there are', async () => {
    const many = Array.from(
      { length: 60 },
      (_, at) => `CREATE TABLE t${String(at)} (id int PRIMARY KEY${at > 0 ? `, p int REFERENCES t${String(at - 1)}` : ''});`,
    );
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
    const T0 = new EntitySchema<{ id: number }>({
      name: 'T0',
      tableName: 't0',
      columns: { id: { type: Number, primary: true } },
    });
    const wide = await drawChart({ before: many.join('\n'), entities: [T0], synchronize: false });
    await wide.close();
    expect(wide.schema.entities.size).to.equal(60);
    expect(wide.queries).to.equal(chart.queries);
    expect(wide.queries).to.be.at.most(8);
  });

  it('make a frozen value', () => {
    for (const entity of chart.schema.entities.values()) {
      for (const value of [entity, entity.columns, entity.key, entity.uniques, ...entity.columns, ...entity.uniques])
        expect(Object.isFrozen(value)).to.equal(true);
    }
    for (const value of [chart.schema, chart.schema.references, chart.schema.links, ...chart.schema.references])
      expect(Object.isFrozen(value)).to.equal(true);
  });
});
