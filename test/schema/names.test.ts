import { expect } from 'chai';
import { Column, DefaultNamingStrategy, Entity, JoinColumn, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { PortolanError } from '../../src/errors/portolan-error.js';
import { resolveColumn } from '../../src/schema/resolve-column.js';
import { resolveModel } from '../../src/schema/resolve-model.js';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

const long = 'l'.repeat(63);

@Entity('demoapp_bookinstance')
class BookInstance {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @ManyToOne(() => Select) @JoinColumn({ name: 'From "here".there' }) select!: object;
}

@Entity({ name: 'select', schema: 'Order' })
class Select {
  @PrimaryColumn({ name: 'Group' }) group!: number;
  @Column({ name: 'a.b' }) dotted!: string;
  @Column({ name: 'q"q' }) quoted!: string;
  @Column({ name: long }) long!: string;
}

@Entity({ name: 'my.table', schema: 'my.schema' })
class Dotted {
  @PrimaryColumn() id!: number;
  @ManyToOne(() => BookInstance) instance!: object;
}

@Entity({ name: long })
class Long {
  @PrimaryColumn() id!: number;
}

@Entity({ name: 'shop_item' })
class Item {
  @PrimaryColumn() id!: number;
}

class StoreItem {
  @PrimaryColumn() id!: number;
}
Object.defineProperty(StoreItem, 'name', { value: 'Item' });
Entity({ name: 'store_item' })(StoreItem);

/** By hand: TypeORM does not escape quotes in names. */
const sql = `
  CREATE SCHEMA "Order"; CREATE SCHEMA "my.schema"; CREATE SCHEMA shop;
  CREATE TABLE "Order"."select" ("Group" int PRIMARY KEY, "a.b" text, "q""q" text, "${long}" text);
  CREATE TABLE demoapp_bookinstance (id uuid PRIMARY KEY, "From ""here"".there" int REFERENCES "Order"."select");
  CREATE TABLE "my.schema"."my.table" (id int PRIMARY KEY, "instanceId" uuid REFERENCES demoapp_bookinstance);
  CREATE TABLE "${long}" (id int PRIMARY KEY); CREATE TABLE shop_item (id int PRIMARY KEY); CREATE TABLE store_item (id int PRIMARY KEY);
  CREATE TABLE "Case" (id int PRIMARY KEY, i uuid REFERENCES demoapp_bookinstance);
  CREATE TABLE "case" (id int PRIMARY KEY, i uuid REFERENCES demoapp_bookinstance)`;

class Prefixed extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return `c_${super.columnName(property, custom as string, prefixes)}`;
  }
}

function failure(run: () => unknown): PortolanError {
  try {
    run();
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('names', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({
      before: sql,
      entities: [BookInstance, Select, Dotted, Long, Item, StoreItem],
      synchronize: false,
    });
  });
  after(() => chart?.close());

  it('take their app from the table’s prefix, else from the schema', () => {
    expect(chart.entity('demoapp.bookinstance')).to.include({ app: 'demoapp', name: 'BookInstance' });
    expect(chart.entity('order.select')).to.include({ app: 'Order', name: 'Select' });
    expect(chart.entity('public.long').table.name).to.equal(long);
  });

  it('may hold dots, quotes, capitals and reserved words in the database', () => {
    const select = chart.entity('order.select');
    expect(select.key).to.deep.equal(['Group']);
    expect(select.columns.map((column) => column.name).sort()).to.deep.equal(['Group', 'a.b', 'q"q', long].sort());
    expect(chart.reference('demoapp.bookinstance.select').columns).to.deep.equal(['From "here".there']);
    expect(chart.entity('my_schema.dotted').table).to.deep.equal({ schema: 'my.schema', name: 'my.table' });
    expect(chart.reference('my_schema.dotted.instance').parent).to.equal('demoapp.bookinstance');
  });

  it('are unique, though tables differ in case only', () => {
    const models = [...chart.schema.entities.values()]
      .filter((entity) => entity.table.name.toLowerCase() === 'case')
      .map((one) => one.model);
    expect(models.sort()).to.deep.equal(['public.case', 'public.case_2']);
  });

  it('match exactly, then without case, with or without the app, by table too', () => {
    for (const text of [
      'demoapp.BookInstance',
      'BookInstance',
      'bookinstance',
      'DEMOAPP.BOOKINSTANCE',
      'demoapp_bookinstance',
      'public.demoapp_bookinstance',
    ]) {
      expect(resolveModel(chart.schema, text).model, text).to.equal('demoapp.bookinstance');
    }
  });

  it('that several models have are ambiguous, with the candidates', () => {
    const error = failure(() => resolveModel(chart.schema, 'Item'));
    expect(error).to.include({ code: 'MODEL_AMBIGUOUS', exitCode: 2 });
    expect(error.message).to.contain('shop.Item').and.to.contain('store.Item');
  });

  it('that no model has are refused with the nearest', () => {
    expect(failure(() => resolveModel(chart.schema, 'BookInstanse'))).to.include({
      code: 'UNKNOWN_MODEL',
      hint: 'Did you mean "BookInstance"?',
    });
    expect(failure(() => resolveModel(chart.schema, 'demoap.BookInstance'))).to.include({
      code: 'UNKNOWN_APP',
      hint: 'Did you mean "demoapp.BookInstance"?',
    });
    expect(failure(() => resolveModel(chart.schema, 'demoapp.Bok')).code).to.equal('UNKNOWN_MODEL');
    expect(failure(() => resolveModel(chart.schema, '')).code).to.equal('UNKNOWN_MODEL');
  });

  it('of columns are members, properties or the database’s', () => {
    const select = chart.entity('order.select');
    for (const text of ['dotted', 'a.b', 'DOTTED']) expect(resolveColumn(select, text).name).to.equal('a.b');
    const unknown = failure(() => resolveColumn(select, 'doted'));
    expect(unknown.code).to.equal('UNKNOWN_COLUMN');
    expect(unknown.hint).to.match(/^Did you mean "dotted"/u);
  });

  it('follow the policy', async () => {
    const schema = await chart
      .under({ models: { 'shop.Item': { app: 'market' }, StoreItem: { name: 'Thing' }, store_item: { app: 'depot' } } })
      .catch((error: unknown) => error);
    expect(schema).to.include({ code: 'UNKNOWN_MODEL' });
    const renamed = await chart.under({
      models: { 'shop.Item': { app: 'market' }, store_item: { app: 'depot', name: 'Thing' } },
    });
    expect([...renamed.entities.keys()]).to.include.members(['market.item', 'depot.thing']);
    expect(resolveModel(renamed, 'store.Item').model).to.equal('depot.thing');
    expect(resolveModel(renamed, 'Item').model).to.equal('market.item');
  });

  it('come through naming strategies and table prefixes', async () => {
    const strategic = await drawChart({
      entities: [Item],
      dataSource: { namingStrategy: new Prefixed(), entityPrefix: 'pre_' },
    });
    const entity = [...strategic.schema.entities.values()][0];
    await strategic.close();
    expect(entity).to.deep.include({ table: { schema: 'public', name: 'pre_shop_item' }, key: ['c_id'] });
    expect(entity?.columns[0]).to.include({ name: 'c_id', property: 'id', member: 'id' });
  });

  it('without a schema are looked up as the application’s connections do', async () => {
    const searched = await drawChart({
      before:
        'CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE b.shop_item (id int PRIMARY KEY); CREATE TABLE a.other (id int PRIMARY KEY)',
      entities: [Item],
      synchronize: false,
      dataSource: { extra: { options: '-c search_path=a,b' } },
    });
    const tables = [...searched.schema.entities.values()].map((entity) => entity.table);
    await searched.close();
    expect(tables).to.deep.equal([{ schema: 'b', name: 'shop_item' }]);
  });
});
