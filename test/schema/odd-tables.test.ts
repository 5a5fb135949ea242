import { expect } from 'chai';
import { EntitySchema } from 'typeorm';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
const Account = new EntitySchema<{ id: number }>({
  name: 'Account',
  tableName: 'account',
  columns: { id: { type: Number, primary: true } },
});

describe('tables that are nearly something else', () => {
  let chart: Chart;

  before(async () => {
    chart = await drawChart({
      entities: [Account],
      synchronize: false,
      before: `CREATE TABLE account (id int PRIMARY KEY, password text, note text, "odd ""word" text,
          shout text GENERATED ALWAYS AS (upper(password)) STORED, words tsvector GENERATED ALWAYS AS (to_tsvector('simple', note || password)) STORED,
          loud text GENERATED ALWAYS AS (upper(note)) STORED, wordless text GENERATED ALWAYS AS ('password'::text || note) STORED);
        CREATE TABLE pair (a int NOT NULL REFERENCES account, b int NOT NULL REFERENCES account);
        CREATE TABLE half (a int REFERENCES account, b int REFERENCES account)`,
    });
  });

  after(() => chart.close());

  it('are withheld where they are computed from what is withheld', () => {
    const withheld = chart.entity('public.account').columns.filter((column) => column.withheld !== undefined);
    expect(withheld.map(({ name }) => name).sort()).to.deep.equal(['password', 'shout', 'words']);
  });

  it('are no join tables where half a link can stand there', () => {
    expect(chart.entity('public.half').role).to.equal('object');
    expect(chart.entity('public.pair').role).to.equal('link');
  });

  it('are told where a link can stand twice', () => {
    expect(chart.found('join-table-not-unique')).to.deep.equal(['public.pair']);
  });
});
